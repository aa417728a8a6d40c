/*
 * filtered FILE COMMAND ARGUMENT…: runs a command that the kernel kills (SIGSYS) at its first system call whose number is
 * not in FILE, one a line.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { CALLS_MAX = 1024, CODE_MAX = 2 * CALLS_MAX + 2 };

int main(int argc, char **argv)
{
	static struct sock_filter code[CODE_MAX];
	unsigned short n = 0;
	unsigned call;
	if (argc < 3) {
		fprintf(stderr, "usage: filtered FILE COMMAND ARGUMENT…\n");
		return 2;
	}
	FILE *file = fopen(argv[1], "r");
	if (!file) {
		perror(argv[1]);
		return 2;
	}
	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						 offsetof(struct seccomp_data, nr));
	while (n + 3 <= CODE_MAX && fscanf(file, "%u", &call) == 1) {
		code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1);
		code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	fclose(file);

	struct sock_fprog filter = {.len = n, .filter = code};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
		perror("filtered: no seccomp");
		return 77;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
