"""The Go modules that the Go code imports, as go.mod and go.sum pin them."""

load("@bazel_gazelle//:deps.bzl", "go_repository")

def go_modules():
    """Declares them. `./bazelw run //:gazelle-update-repos` writes this list."""
    go_repository(
        name = "com_github_anchore_go_struct_converter",
        importpath = "github.com/anchore/go-struct-converter",
        sum = "h1:2rDRssAl6mgKBSLNiVCMADgZRhoqtw9dedlWa0OhD30=",
        version = "v0.1.0",
    )
    go_repository(
        name = "com_github_andybalholm_brotli",
        importpath = "github.com/andybalholm/brotli",
        sum = "h1:ukwgCxwYrmACq68yiUqwIWnGY0cTPox/M94sVwToPjQ=",
        version = "v1.2.0",
    )
    go_repository(
        name = "com_github_cpuguy83_go_md2man_v2",
        importpath = "github.com/cpuguy83/go-md2man/v2",
        sum = "h1:XJtiaUW6dEEqVuZiMTn1ldk455QWwEIsMIJlo5vtkx0=",
        version = "v2.0.6",
    )
    go_repository(
        name = "com_github_ebitengine_purego",
        importpath = "github.com/ebitengine/purego",
        sum = "h1:a/k2f2HQU3Pi399RPW1MOaZyhKJL9w/xFpKAg4q1s0A=",
        version = "v0.9.1",
    )
    go_repository(
        name = "com_github_go_audio_audio",
        importpath = "github.com/go-audio/audio",
        sum = "h1:zS9vebldgbQqktK4H0lUqWrG8P0NxCJVqcj7ZpNnwd4=",
        version = "v1.0.0",
    )
    go_repository(
        name = "com_github_go_audio_riff",
        importpath = "github.com/go-audio/riff",
        sum = "h1:d8iCGbDvox9BfLagY94fBynxSPHO80LmZCaOsmKxokA=",
        version = "v1.0.0",
    )
    go_repository(
        name = "com_github_go_audio_wav",
        importpath = "github.com/go-audio/wav",
        sum = "h1:jQgLtbqBzY7G+BM8fXF7AHUk1uHUviWS4X39d5rsL2g=",
        version = "v1.1.0",
    )
    go_repository(
        name = "com_github_google_flatbuffers",
        build_extra_args = [
            "-exclude=examples",
            "-exclude=tests",
        ],
        build_file_generation = "on",
        importpath = "github.com/google/flatbuffers",
        sum = "h1:rGZKv+wOb6QPzIdkM2KxhBZCDrA0DeN6DNmRDrqIsQU=",
        version = "v25.9.23+incompatible",
    )
    go_repository(
        name = "com_github_google_go_cmp",
        importpath = "github.com/google/go-cmp",
        sum = "h1:wk8382ETsv4JYUZwIsn6YpYiWiBsYLSJiTsyBybVuN8=",
        version = "v0.7.0",
    )
    go_repository(
        name = "com_github_inconshreveable_mousetrap",
        importpath = "github.com/inconshreveable/mousetrap",
        sum = "h1:wN+x4NVGpMsO7ErUn/mUI3vEoE6Jt13X2s0bqwp9tc8=",
        version = "v1.1.0",
    )
    go_repository(
        name = "com_github_nlpodyssey_gopickle",
        importpath = "github.com/nlpodyssey/gopickle",
        sum = "h1:4naD2DVylYJupQLbCQFdwo6yiXEmPyp+0xf5MVlrBDY=",
        version = "v0.2.0",
    )
    go_repository(
        name = "com_github_russross_blackfriday_v2",
        importpath = "github.com/russross/blackfriday/v2",
        sum = "h1:JIOH55/0cWyOuilr9/qlrm0BSXldqnqwMsf35Ld67mk=",
        version = "v2.1.0",
    )
    go_repository(
        name = "com_github_spdx_tools_golang",
        importpath = "github.com/spdx/tools-golang",
        sum = "h1:+sWcKGnhwp3vLdMqPcLdA6QK679vd86cK9hQWH3AwCg=",
        version = "v0.5.7",
    )
    go_repository(
        name = "com_github_spf13_cobra",
        importpath = "github.com/spf13/cobra",
        sum = "h1:DMTTonx5m65Ic0GOoRY2c16WCbHxOOw6xxezuLaBpcU=",
        version = "v1.10.2",
    )
    go_repository(
        name = "com_github_spf13_pflag",
        importpath = "github.com/spf13/pflag",
        sum = "h1:9exaQaMOCwffKiiiYk6/BndUBv+iRViNW+4lEMi0PvY=",
        version = "v1.0.9",
    )
    go_repository(
        name = "com_github_tailscale_hujson",
        importpath = "github.com/tailscale/hujson",
        sum = "h1:idh63uw+gsG05HwjZsAENCG4KZfyvjK03bpjxa5qRRk=",
        version = "v0.0.0-20250226034555-ec1d1c113d33",
    )
    go_repository(
        name = "com_github_x448_float16",
        importpath = "github.com/x448/float16",
        sum = "h1:qLwI1I70+NjRFUR3zs1JPUCgaCXSh3SW62uAKT1mSBM=",
        version = "v0.8.4",
    )
    go_repository(
        name = "in_gopkg_check_v1",
        importpath = "gopkg.in/check.v1",
        sum = "h1:yhCVgyC4o1eVCa2tZl7eS0r+SDo693bJlVdllGtEeKM=",
        version = "v0.0.0-20161208181325-20d25e280405",
    )
    go_repository(
        name = "in_yaml_go_yaml_v3",
        importpath = "go.yaml.in/yaml/v3",
        sum = "h1:tfq32ie2Jv2UxXFdLJdh3jXuOzWiL1fo0bu/FbuKpbc=",
        version = "v3.0.4",
    )
    go_repository(
        name = "org_golang_x_image",
        importpath = "golang.org/x/image",
        sum = "h1:za/8gVz++PPZqmZJBNSISICN5Rrj5zixP/8K++fgmqo=",
        version = "v0.47.0",
    )
    go_repository(
        name = "org_golang_x_sys",
        importpath = "golang.org/x/sys",
        sum = "h1:dkKZEFTEKaLr1sjhs0WiKqoi8Jj5nHbS3Njmx1UoMJs=",
        version = "v0.50.0",
    )
