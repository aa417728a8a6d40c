/* careless [leak]: ends well; what valgrind says of it is another matter. */
#include <stdlib.h>

static void *volatile kept;

int main(int argc, char **argv)
{
	(void)argv;
	kept = malloc(100);
	if (argc > 1)
		kept = NULL;
	return 0;
}
