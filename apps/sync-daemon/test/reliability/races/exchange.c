/* Exchanges folders and files of a library with links that lead out of it, as fast as it can, and back again.
 *
 * argv: the file that ends it when it appears, then pairs of a path in the library and a link beside the canary. A path
 * that ends in "/(any)" stands for each folder that is in it at that moment. Says how many exchanges the system did.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXCHANGE 2

static long done = 0;

static int exchange(const char *one, const char *other) {
  if (syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, EXCHANGE) != 0) return -1;
  done++;
  return 0;
}

static unsigned long state;
static unsigned below(unsigned limit) {
  state = state * 6364136223846793005UL + 1442695040888963407UL;
  return (unsigned)(state >> 33) % limit;
}

/* There for a moment, of a random length, and back: whoever looks once sees a folder, whoever looks twice may not. */
static void flicker(const char *path, const char *link) {
  if (exchange(path, link) != 0) return;
  for (volatile unsigned wait = below(40000); wait > 0; wait--) {}
  if (below(8) == 0) usleep(below(1500));
  while (exchange(path, link) != 0) {
    /* Somebody put something else there or took it away: then what was exchanged stays where it is. */
    struct stat seen;
    if (lstat(path, &seen) != 0 || lstat(link, &seen) != 0) return;
  }
}

static void flicker_any(const char *pattern, const char *link) {
  char folder[4096], path[8192];
  snprintf(folder, sizeof folder, "%s", pattern);
  folder[strlen(folder) - strlen("/(any)")] = 0;
  DIR *opened = opendir(folder);
  if (opened == NULL) return;
  for (struct dirent *entry = readdir(opened); entry != NULL; entry = readdir(opened)) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    flicker(path, link);
  }
  closedir(opened);
}

int main(int count, char **values) {
  if (count < 5) return 2;
  state = strtoul(values[1], NULL, 10);
  const char *end = values[2];
  int pairs = (count - 3) / 2;
  for (long turn = 0; turn % 64 != 0 || access(end, F_OK) != 0; turn++) {
    unsigned pair = below((unsigned)pairs);
    const char *path = values[3 + 2 * pair], *link = values[4 + 2 * pair];
    size_t length = strlen(path);
    if (length > 6 && strcmp(path + length - 6, "/(any)") == 0) flicker_any(path, link);
    else flicker(path, link);
    /* Long enough that much of the daemon's work comes through: what is stopped at once writes nothing anywhere. */
    usleep(below(2000));
  }
  printf("%ld\n", done);
  return 0;
}
