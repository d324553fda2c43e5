"""The release of Go that everything is built with."""

GO_VERSION = "go1.26.11"

# The h1: hash of the release as a module, golang.org/toolchain, for linux-amd64.
GO_SUM = "h1:KyINmJ/FQdKRmDYGuTAAXkumyeR2DyUlSNHZj7XaLFg="
