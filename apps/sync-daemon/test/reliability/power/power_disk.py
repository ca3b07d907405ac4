"""A disk that can lose power: an nbdkit plugin.

What was written and not flushed is kept apart from what is durable. When the power is cut, an image is made of the durable
bytes and of none, a beginning, or any of the writes since the last flush, some of them torn at sectors of 512 bytes. A cut
happens at the n-th operation after it was armed. The process that works on the disk is killed first, while that operation
waits, so nothing it says afterwards can count as acknowledged.

Commands come as lines of JSON over a UNIX socket, one per connection, and are answered by one line.
"""

import builtins
import json
import os
import random
import signal
import socket
import threading

import nbdkit

API_VERSION = 2

SECTOR = 512
CHUNK = 64 * 1024

state = {
    "size": 0,
    "disk": bytearray(),
    "durable": bytearray(),
    # What a cut leaves. Here, and not made anew each time, since fresh memory costs more than the copy.
    "image": bytearray(),
    # (offset, bytes, is_forced); a forced write (FUA) is on the medium whatever happens to the others.
    "pending": [],
    "writes": 0,
    "flushes": 0,
    "operations": 0,
    "armed": None,
    "cut": None,
}
lock = threading.RLock()
settings = {"size": "0", "control": ""}


def config(key, value):
    settings[key] = value


def config_complete():
    state["size"] = int(settings["size"])
    for name in ("disk", "durable", "image"):
        state[name] = bytearray(state["size"])


def after_fork():
    threading.Thread(target=serve, daemon=True).start()


def thread_model():
    return nbdkit.THREAD_MODEL_SERIALIZE_ALL_REQUESTS


def open(readonly):
    return 1


def get_size(handle):
    return state["size"]


def can_flush(handle):
    return True


def can_fua(handle):
    return nbdkit.FUA_NATIVE


def pread(handle, buffer, offset, flags):
    with lock:
        buffer[:] = memoryview(state["disk"])[offset : offset + len(buffer)]


def pwrite(handle, buffer, offset, flags):
    with lock:
        count("writes")
        data = bytes(buffer)
        state["disk"][offset : offset + len(data)] = data
        state["pending"].append((offset, data, bool(flags & nbdkit.FLAG_FUA)))


def zero(handle, count_bytes, offset, flags):
    pwrite(handle, bytes(count_bytes), offset, flags)


def flush(handle, flags):
    with lock:
        count("flushes")
        for offset, data, _ in state["pending"]:
            state["durable"][offset : offset + len(data)] = data
        state["pending"].clear()


def count(kind):
    """The operation has not happened yet: a flush at which the power is cut has flushed nothing."""
    armed = state["armed"]
    if armed is not None and state["operations"] >= armed["after"]:
        if armed["before"] == "any" or kind == "flushes":
            cut(armed)
    state[kind] += 1
    state["operations"] += 1


def cut(order):
    state["armed"] = None
    if order.get("pid"):
        try:
            os.kill(order["pid"], signal.SIGKILL)
        except ProcessLookupError:
            pass
    chance = random.Random(order["seed"])
    image = state["image"]
    image[:] = state["durable"]
    pending = state["pending"]
    mode = order["mode"]
    whole = {
        "none": lambda: set(),
        "prefix": lambda: set(range(chance.randrange(len(pending) + 1))),
        "random": lambda: {index for index in range(len(pending)) if chance.random() < 0.5},
    }[mode]()
    torn = 0
    for index, (offset, data, is_forced) in enumerate(pending):
        if not is_forced and index not in whole:
            continue
        is_torn = not is_forced and mode == "random" and len(data) > SECTOR and chance.random() < 0.3
        torn += is_torn
        for start in range(0, len(data), SECTOR) if is_torn else [0]:
            part = data[start : start + SECTOR] if is_torn else data
            if not is_torn or chance.random() < 0.5:
                image[offset + start : offset + start + len(part)] = part
    write_sparse(order["image"], image)
    state["cut"] = {
        "operations": state["operations"],
        "pending": len(pending),
        "kept": len(whole),
        "torn": torn,
    }


def write_sparse(path, image):
    empty = bytes(CHUNK)
    with builtins.open(path, "wb") as file:
        file.truncate(len(image))
        for start in range(0, len(image), CHUNK):
            chunk = image[start : start + CHUNK]
            if chunk != empty[: len(chunk)]:
                file.seek(start)
                file.write(chunk)


def serve():
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(settings["control"])
    server.listen(8)
    while True:
        connection, _ = server.accept()
        with connection, connection.makefile("rw") as stream:
            try:
                answer = obey(json.loads(stream.readline()))
            except Exception as error:  # Told to whoever asked; the disk goes on.
                answer = {"error": repr(error)}
            stream.write(json.dumps(answer) + "\n")
            stream.flush()


def obey(order):
    with lock:
        what = order["do"]
        if what == "load":
            with builtins.open(order["image"], "rb") as file:
                file.readinto(state["disk"])
            state["durable"][:] = state["disk"]
            state["pending"].clear()
        elif what == "arm":
            state.update(operations=0, writes=0, flushes=0, cut=None, armed=order)
        elif what == "cut":
            state["armed"] = None
            cut(order)
        elif what != "look":
            raise ValueError(what)
        return {name: state[name] for name in ("operations", "writes", "flushes", "cut")}
