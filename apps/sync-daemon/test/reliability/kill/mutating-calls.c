// Preloaded into a process and, by it, into its children: numbers every call that changes something below KILL_ROOT (its
// logs left out), writes each to KILL_LOG before it runs, and ends the process like `kill -9` before number KILL_AT. A
// question for a download link that is written to a socket is numbered as well: it changes the shop. The numbers run over
// all threads and children. A child lives on after the kill, as a child of the daemon would.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *root;
static size_t root_length;
static long kill_at;
static int log_fd = -1;

// Beside the log, for all processes.
struct shared {
  atomic_long number;
  atomic_int daemon;
};
static struct shared *shared;

// What a child gets on top of its own environment.
static const char *const names[] = {"LD_PRELOAD", "KILL_ROOT", "KILL_LOG", "KILL_AT"};
static char handed_on[4][PATH_MAX + 32];

__attribute__((constructor)) static void begin(void) {
  const char *log = getenv("KILL_LOG");
  const char *at = getenv("KILL_AT");
  char beside[PATH_MAX];
  root = getenv("KILL_ROOT");
  if (root == NULL || log == NULL) return;
  for (int index = 0; index < 4; index += 1) {
    const char *value = getenv(names[index]);
    if (value != NULL) snprintf(handed_on[index], sizeof handed_on[index], "%s=%s", names[index], value);
  }
  snprintf(beside, sizeof beside, "%s.shared", log);
  int fd = (int)syscall(SYS_openat, AT_FDCWD, beside, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || syscall(SYS_ftruncate, fd, sizeof(struct shared)) != 0) abort();
  shared = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (shared == MAP_FAILED) abort();
  syscall(SYS_close, fd);
  int nobody = 0;
  atomic_compare_exchange_strong(&shared->daemon, &nobody, getpid());
  root_length = strlen(root);
  kill_at = at == NULL ? 0 : atol(at);
  log_fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

// Node gives its children the environment it likes; what counts their calls goes with it.
int execvp(const char *file, char *const arguments[]) {
  static int (*real)(const char *, char *const[], char *const[]);
  static char *environment[512];
  int count = 0;
  if (real == NULL) real = (__typeof__(real))dlsym(RTLD_NEXT, "execvpe");
  for (char **one = environ; one != NULL && *one != NULL && count < 500; one += 1) {
    int is_ours = 0;
    for (int index = 0; index < 4; index += 1) {
      size_t length = strlen(names[index]);
      if (strncmp(*one, names[index], length) == 0 && (*one)[length] == '=') is_ours = 1;
    }
    if (!is_ours) environment[count++] = *one;
  }
  for (int index = 0; index < 4; index += 1) if (handed_on[index][0] != 0) environment[count++] = handed_on[index];
  environment[count] = NULL;
  return real(file, arguments, environment);
}

static int is_ours(const char *path) {
  if (log_fd < 0 || strncmp(path, root, root_length) != 0) return 0;
  return strstr(path + root_length, "/home/logs/") == NULL;
}

static void note(const char *call, const char *path) {
  int saved = errno;
  char line[2 * PATH_MAX + 128];
  int is_child = getpid() != atomic_load(&shared->daemon);
  long mine = atomic_fetch_add(&shared->number, 1) + 1;
  int is_last = mine == kill_at;
  // In the process that is being killed nothing happens any more.
  if (kill_at > 0 && mine > kill_at && !is_child) for (;;) pause();
  const char *shown = strncmp(path, root, root_length) == 0 ? path + root_length : path;
  int length = snprintf(line, sizeof line, "%ld\t%s%s\t%s%s\n", mine, is_child ? "child's " : "", call, shown,
                        is_last ? "\tkilled" : "");
  syscall(SYS_write, log_fd, line, (size_t)length);
  if (is_last) {
    syscall(SYS_kill, atomic_load(&shared->daemon), SIGKILL);
    if (!is_child) for (;;) pause();
  }
  errno = saved;
}

static int path_of(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  long length = syscall(SYS_readlink, link, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return 1;
}

// Names may begin at a folder that is open (`at`, or /proc/self/fd/N/name) or at the working folder.
static void note_at(const char *call, int at, const char *path) {
  static const char by_folder[] = "/proc/self/fd/";
  char whole[2 * PATH_MAX];
  int saved = errno;
  if (log_fd >= 0 && path != NULL) {
    const char *rest = path;
    int has_folder = 0;
    if (strncmp(path, by_folder, sizeof by_folder - 1) == 0) {
      rest = strchr(path + sizeof by_folder - 1, '/');
      has_folder = rest != NULL && path_of(atoi(path + sizeof by_folder - 1), whole);
      if (has_folder) rest += 1;
    } else if (path[0] != '/' && at == AT_FDCWD) {
      long length = syscall(SYS_readlink, "/proc/self/cwd", whole, PATH_MAX - 1);
      has_folder = length >= 0;
      if (has_folder) whole[length] = 0;
    } else if (path[0] != '/') has_folder = path_of(at, whole);
    if (has_folder) {
      snprintf(whole + strlen(whole), PATH_MAX, "/%s", rest);
      path = whole;
    }
    if (is_ours(path)) note(call, path);
  }
  errno = saved;
}

static void note_fd(const char *call, int fd) {
  char path[PATH_MAX];
  int saved = errno;
  if (log_fd >= 0 && fd != log_fd && path_of(fd, path) && is_ours(path)) note(call, path);
  errno = saved;
}

static void note_write(const char *call, int fd, const struct iovec *parts, int count) {
  char path[PATH_MAX];
  int saved = errno;
  if (log_fd >= 0 && path_of(fd, path)) {
    if (is_ours(path)) note(call, path);
    else if (strncmp(path, "socket:", 7) == 0) {
      for (int index = 0; index < count; index += 1) {
        if (parts[index].iov_len > 0 && memmem(parts[index].iov_base, parts[index].iov_len, "/download-link", 14) != NULL) {
          note("ask", "the shop for a link");
          break;
        }
      }
    }
  }
  errno = saved;
}

#define REAL(name) \
  static __typeof__(&name) real; \
  if (real == NULL) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define OPEN(name, NAMED, GIVEN, at, path) \
  int name NAMED { \
    REAL(name); \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { \
      va_list rest; \
      va_start(rest, flags); \
      mode = va_arg(rest, mode_t); \
      va_end(rest); \
    } \
    if (flags & (O_CREAT | O_TRUNC)) note_at("open", at, path); \
    return real GIVEN; \
  }
OPEN(open, (const char *path, int flags, ...), (path, flags, mode), AT_FDCWD, path)
OPEN(open64, (const char *path, int flags, ...), (path, flags, mode), AT_FDCWD, path)
OPEN(openat, (int at, const char *path, int flags, ...), (at, path, flags, mode), at, path)
OPEN(openat64, (int at, const char *path, int flags, ...), (at, path, flags, mode), at, path)

ssize_t write(int fd, const void *from, size_t size) {
  REAL(write);
  struct iovec part = {(void *)from, size};
  note_write("write", fd, &part, 1);
  return real(fd, from, size);
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(writev);
  note_write("write", fd, parts, count);
  return real(fd, parts, count);
}

#define ON_FD(type, name, called, NAMED, GIVEN) \
  type name NAMED { \
    REAL(name); \
    note_fd(called, fd); \
    return real GIVEN; \
  }
ON_FD(ssize_t, pwrite, "write", (int fd, const void *from, size_t size, off_t at), (fd, from, size, at))
ON_FD(ssize_t, pwrite64, "write", (int fd, const void *from, size_t size, off64_t at), (fd, from, size, at))
ON_FD(ssize_t, pwritev, "write", (int fd, const struct iovec *parts, int count, off_t at), (fd, parts, count, at))
ON_FD(ssize_t, pwritev64, "write", (int fd, const struct iovec *parts, int count, off64_t at), (fd, parts, count, at))
ON_FD(int, fsync, "fsync", (int fd), (fd))
ON_FD(int, fdatasync, "fdatasync", (int fd), (fd))
ON_FD(int, ftruncate, "ftruncate", (int fd, off_t size), (fd, size))
ON_FD(int, ftruncate64, "ftruncate", (int fd, off64_t size), (fd, size))
ON_FD(int, fchmod, "fchmod", (int fd, mode_t mode), (fd, mode))
ON_FD(int, futimens, "futimens", (int fd, const struct timespec times[2]), (fd, times))

#define ON_PATH(name, called, NAMED, GIVEN, at, path) \
  int name NAMED { \
    REAL(name); \
    note_at(called, at, path); \
    return real GIVEN; \
  }
ON_PATH(rename, "rename", (const char *from, const char *to), (from, to), AT_FDCWD, to)
ON_PATH(renameat, "rename", (int at, const char *from, int into, const char *to), (at, from, into, to), into, to)
ON_PATH(renameat2, "rename", (int at, const char *from, int into, const char *to, unsigned flags), (at, from, into, to, flags), into, to)
ON_PATH(link, "link", (const char *from, const char *to), (from, to), AT_FDCWD, to)
ON_PATH(symlink, "symlink", (const char *from, const char *to), (from, to), AT_FDCWD, to)
ON_PATH(mkdir, "mkdir", (const char *path, mode_t mode), (path, mode), AT_FDCWD, path)
ON_PATH(mkdirat, "mkdir", (int at, const char *path, mode_t mode), (at, path, mode), at, path)
ON_PATH(unlink, "unlink", (const char *path), (path), AT_FDCWD, path)
ON_PATH(unlinkat, "unlink", (int at, const char *path, int flags), (at, path, flags), at, path)
ON_PATH(remove, "unlink", (const char *path), (path), AT_FDCWD, path)
ON_PATH(rmdir, "rmdir", (const char *path), (path), AT_FDCWD, path)
ON_PATH(chmod, "chmod", (const char *path, mode_t mode), (path, mode), AT_FDCWD, path)
ON_PATH(truncate, "ftruncate", (const char *path, off_t size), (path, size), AT_FDCWD, path)
ON_PATH(truncate64, "ftruncate", (const char *path, off64_t size), (path, size), AT_FDCWD, path)
ON_PATH(utimensat, "futimens", (int at, const char *path, const struct timespec times[2], int flags), (at, path, times, flags), at, path)
