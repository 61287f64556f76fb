/*
 * Makes file I/O of the process it is preloaded into fail, wait or lie, as the file named by IOFAULT_FILE says at this moment.
 *
 * Each line of that file is a rule: OPERATION EFFECT NUMBER PATH-PART
 *   OPERATION  read, write or sync
 *   EFFECT     eio, enospc   fails with that error
 *              delay         waits NUMBER milliseconds, then goes on
 *              lie           (sync only) does nothing and reports success
 *              flip          (read only) flips one bit in one of NUMBER reads
 *   PATH-PART  the rule is for files whose path contains it; a path with "/proc/" or without '/' is never one
 * The first rule that fits is applied. The file is read every 20 ms; no file, no rule.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define RULES_MAX 16
#define GENERATIONS 64

enum operation { READ, WRITE, SYNC };
enum effect { EIO_, ENOSPC_, DELAY, LIE, FLIP };

struct rule {
    enum operation operation;
    enum effect effect;
    long number;
    char part[256];
};

struct rules {
    int count;
    struct rule rule[RULES_MAX];
};

/* Readers take no lock: a set of rules is never changed once it is in force, and its slot is used again only much later. */
static struct rules slots[GENERATIONS];
static _Atomic(struct rules *) in_force;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_ulong reads;
static __thread int inside;

static int word(const char *text, const char *const *words, int count) {
    for (int i = 0; i < count; i++) {
        if (!strcmp(text, words[i])) return i;
    }
    return -1;
}

static void load(FILE *file, struct rules *into) {
    static const char *const operations[] = {"read", "write", "sync"};
    static const char *const effects[] = {"eio", "enospc", "delay", "lie", "flip"};
    char operation[16], effect[16], line[512];
    into->count = 0;
    while (into->count < RULES_MAX && fgets(line, sizeof line, file)) {
        struct rule *rule = &into->rule[into->count];
        if (sscanf(line, "%15s %15s %ld %255s", operation, effect, &rule->number, rule->part) != 4) continue;
        int o = word(operation, operations, 3), e = word(effect, effects, 5);
        if (o < 0 || e < 0) continue;
        rule->operation = o;
        rule->effect = e;
        into->count++;
    }
}

static void *follow(void *unused) {
    const char *name = getenv("IOFAULT_FILE");
    unsigned generation = 0;
    inside = 1;
    while (name) {
        FILE *file = fopen(name, "re");
        if (file) {
            struct rules *next = &slots[generation++ % GENERATIONS];
            load(file, next);
            fclose(file);
            atomic_store(&in_force, next->count ? next : NULL);
        } else {
            atomic_store(&in_force, NULL);
        }
        struct timespec pause = {0, 20 * 1000 * 1000};
        nanosleep(&pause, NULL);
    }
    return unused;
}

static void begin(void) {
    pthread_t thread;
    inside = 1;
    if (getenv("IOFAULT_FILE") && !pthread_create(&thread, NULL, follow, NULL)) pthread_detach(thread);
    inside = 0;
}

static const struct rule *ruling(int fd, enum operation operation) {
    if (inside || fd < 3) return NULL;
    pthread_once(&once, begin);
    struct rules *rules = atomic_load_explicit(&in_force, memory_order_acquire);
    if (!rules) return NULL;
    const struct rule *found = NULL;
    int before = errno;
    char link[40], path[1024];
    inside = 1;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length > 0 && path[0] == '/') {
        path[length] = 0;
        for (int i = 0; i < rules->count && !found; i++) {
            if (rules->rule[i].operation == operation && strstr(path, rules->rule[i].part)) found = &rules->rule[i];
        }
    }
    inside = 0;
    errno = before;
    return found;
}

/* Whether the call is over, and has failed. */
static int failed(const struct rule *rule) {
    if (!rule) return 0;
    switch (rule->effect) {
        case EIO_: errno = EIO; return 1;
        case ENOSPC_: errno = ENOSPC; return 1;
        case DELAY: {
            struct timespec pause = {rule->number / 1000, rule->number % 1000 * 1000 * 1000};
            nanosleep(&pause, NULL);
            return 0;
        }
        default: return 0;
    }
}

static void flip(const struct rule *rule, void *bytes, ssize_t count) {
    if (!rule || rule->effect != FLIP || count <= 0) return;
    unsigned long turn = atomic_fetch_add(&reads, 1);
    if (rule->number <= 1 || turn % (unsigned long)rule->number == 0) ((unsigned char *)bytes)[count / 2] ^= 1;
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define SYNCING(call) \
    const struct rule *rule = ruling(fd, SYNC); \
    if (rule && rule->effect == LIE) return 0; \
    return failed(rule) ? -1 : call

#define WRITING(call) return failed(ruling(fd, WRITE)) ? -1 : call

#define READING(call, bytes) \
    const struct rule *rule = ruling(fd, READ); \
    if (failed(rule)) return -1; \
    ssize_t got = call; \
    flip(rule, bytes, got); \
    return got

int fsync(int fd) { REAL(fsync); SYNCING(real(fd)); }
int fdatasync(int fd) { REAL(fdatasync); SYNCING(real(fd)); }
int syncfs(int fd) { REAL(syncfs); SYNCING(real(fd)); }
int sync_file_range(int fd, off64_t from, off64_t count, unsigned flags) { REAL(sync_file_range); SYNCING(real(fd, from, count, flags)); }

ssize_t write(int fd, const void *bytes, size_t count) { REAL(write); WRITING(real(fd, bytes, count)); }
ssize_t writev(int fd, const struct iovec *bytes, int count) { REAL(writev); WRITING(real(fd, bytes, count)); }
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) { REAL(pwrite); WRITING(real(fd, bytes, count, at)); }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) { REAL(pwrite64); WRITING(real(fd, bytes, count, at)); }
int ftruncate(int fd, off_t size) { REAL(ftruncate); WRITING(real(fd, size)); }
int ftruncate64(int fd, off64_t size) { REAL(ftruncate64); WRITING(real(fd, size)); }
int fallocate(int fd, int mode, off_t from, off_t count) { REAL(fallocate); WRITING(real(fd, mode, from, count)); }
int fallocate64(int fd, int mode, off64_t from, off64_t count) { REAL(fallocate64); WRITING(real(fd, mode, from, count)); }

ssize_t read(int fd, void *bytes, size_t count) { REAL(read); READING(real(fd, bytes, count), bytes); }
ssize_t pread(int fd, void *bytes, size_t count, off_t at) { REAL(pread); READING(real(fd, bytes, count, at), bytes); }
ssize_t pread64(int fd, void *bytes, size_t count, off64_t at) { REAL(pread64); READING(real(fd, bytes, count, at), bytes); }
