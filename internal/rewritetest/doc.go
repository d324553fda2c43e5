// Package rewritetest has programs that write to a model while a test reads it.
package rewritetest
