/*
 * style.css, check.html and the scripts of the page, as they stand in this folder, made by
 * cmake/Embed.cmake. The script begins with the SHA-256 of the other two.
 */
#ifndef ANNOTCTL_REPORT_ASSETS_H
#define ANNOTCTL_REPORT_ASSETS_H

#include <stddef.h>

extern const char report_style[], report_check[], report_script[];
extern const size_t report_style_len, report_check_len, report_script_len;

#endif
