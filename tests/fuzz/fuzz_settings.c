/* annotctl.conf: what is read holds the limits, what is refused says where. */
#include "fuzz.h"

#include <sys/mman.h>

#include "base/file.h"

#include "annotctl/settings.h"

static char folder[] = "/tmp/annot-fuzz-XXXXXX";
static char path[64];
static int content = -1; /* in memory; path is a link to it */

static void clean_up(void)
{
	unlink(path);
	snprintf(path, sizeof path, "%s/annot", folder);
	rmdir(path);
	rmdir(folder);
}

static void begin(void)
{
	REQUIRE(mkdtemp(folder));
	setenv("XDG_CONFIG_HOME", folder, 1);
	unsetenv("ANNOT_SOCKET");
	unsetenv("ANNOT_KEY");
	snprintf(path, sizeof path, "%s/annot", folder);
	REQUIRE(annot_dir_make(path, NULL) == ANNOT_OK);
	snprintf(path, sizeof path, "%s/annot/annotctl.conf", folder);
	char link[64];
	content = memfd_create("annotctl.conf", MFD_CLOEXEC);
	REQUIRE(content >= 0);
	snprintf(link, sizeof link, "/proc/self/fd/%d", content);
	REQUIRE(symlink(link, path) == 0);
	atexit(clean_up);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ctl ctl = {.format = FORMAT_TEXT};
	if (!path[0])
		begin();
	REQUIRE(ftruncate(content, 0) == 0);
	REQUIRE(pwrite(content, data, size, 0) == (ssize_t)size);
	enum annot_status status = settings_load(&ctl);
	if (status == ANNOT_OK) {
		REQUIRE(ctl.timeout_ms >= 1000 && ctl.timeout_ms <= 3600 * 1000);
		REQUIRE(ctl.format <= FORMAT_NDJSON);
	} else {
		REQUIRE(status == ANNOT_USAGE && strstr(ctl.err.text, "annotctl.conf, line "));
	}
	settings_free(&ctl);
	return 0;
}
