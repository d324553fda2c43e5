// Package docs holds tests of the pages in Markdown: links, paths, flags and the
// table of imports are those of the source tree.
package docs
