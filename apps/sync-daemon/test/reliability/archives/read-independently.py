"""Reads the archives that were used with Python's zipfile and, where that refuses, by the zip format's own words.

argv: a folder with NUMBER.zip and NUMBER.json ({"about": ..., "files": [{"name", "bytes", "crc32"}]}).
Prints JSON: how many were compared by which reader, and each disagreement. Shares no code with the program.
"""
import json
import os
import struct
import sys
import zipfile
import zlib


def by_zipfile(path):
    found = []
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            content = archive.read(info)
            found.append((info.filename.replace("\\", "/"), len(content), zlib.crc32(content), info.CRC))
    return found


def by_hand(path):
    with open(path, "rb") as file:
        data = file.read()
    end = data.rindex(b"PK\5\6")
    count, _, at = struct.unpack("<HII", data[end + 10:end + 20])
    if data[end - 20:end - 16] == b"PK\6\7":
        end64 = struct.unpack("<Q", data[end - 12:end - 4])[0]
        count, _, at = struct.unpack("<QQQ", data[end64 + 32:end64 + 56])
    found = []
    for _ in range(count):
        assert data[at:at + 4] == b"PK\1\2"
        method = struct.unpack("<H", data[at + 10:at + 12])[0]
        crc, packed, size, name_bytes, extra_bytes, comment_bytes = struct.unpack("<IIIHHH", data[at + 16:at + 34])
        local = struct.unpack("<I", data[at + 42:at + 46])[0]
        name = data[at + 46:at + 46 + name_bytes].decode("latin1").replace("\\", "/")
        extra = data[at + 46 + name_bytes:at + 46 + name_bytes + extra_bytes]
        while len(extra) >= 4:
            field, length = struct.unpack("<HH", extra[:4])
            numbers = extra[4:4 + length]
            if field == 1:
                if size == 0xFFFFFFFF:
                    size, numbers = struct.unpack("<Q", numbers[:8])[0], numbers[8:]
                if packed == 0xFFFFFFFF:
                    packed, numbers = struct.unpack("<Q", numbers[:8])[0], numbers[8:]
                if local == 0xFFFFFFFF:
                    local = struct.unpack("<Q", numbers[:8])[0]
            extra = extra[4 + length:]
        start = local + 30 + sum(struct.unpack("<HH", data[local + 26:local + 30]))
        content = data[start:start + packed]
        inflate = zlib.decompressobj(-15)
        try:
            content = inflate.decompress(content) if method == 8 else content
            if method != 8 or inflate.eof:
                found.append((name, len(content), zlib.crc32(content), crc))
        except zlib.error:
            # An entry that is left out may be damaged; one that was used is missed when it is compared.
            pass
        at += 46 + name_bytes + extra_bytes + comment_bytes
    return found


def main(folder):
    compared = {"zipfile": 0, "by hand": 0}
    disagreements = []
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".json"):
            continue
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            said = json.load(file)
        path = os.path.join(folder, name[:-5] + ".zip")
        try:
            found, reader = by_zipfile(path), "zipfile"
        except Exception:
            try:
                found, reader = by_hand(path), "by hand"
            except Exception as error:
                disagreements.append(f"{said['about']}: cannot be read at all: {error!r}")
                continue
        compared[reader] += 1
        true_ones = {(size, crc) for _, size, crc, listed in found if crc == listed}
        by_name = {entry: (size, crc) for entry, size, crc, _ in found}
        for file in said["files"]:
            ours = (file["bytes"], file["crc32"])
            if ours not in true_ones:
                disagreements.append(f"{said['about']}: {file['name']!r} is {ours}, which no entry is")
            elif file["name"].isascii() and by_name.get(file["name"], ours) != ours:
                disagreements.append(f"{said['about']}: {file['name']!r} is {ours}, not {by_name[file['name']]}")
    print(json.dumps({"compared": compared, "disagreements": disagreements}))


main(sys.argv[1])
