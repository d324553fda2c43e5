"""The release of Go that everything is built with."""

GO_VERSION = "go1.26.8"

# The h1: hash of the release as a module, golang.org/toolchain, for linux-amd64.
GO_SUM = "h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM="
