/* page -- what draws a report in a browser, bundled of src/web/ui; made by page.lua at build time. */
// SPDX-License-Identifier: MIT
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

/* UTF-8, and fit to stand in an element <script> or <style> as they are. */
extern const char page_script[];
extern const char page_style[];
/* The content security policy: that script, that style sheet, and nothing else. In single quotes
 * inside, so fit for an attribute in double ones. */
extern const char page_policy[];

#endif
