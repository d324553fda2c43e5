// Package web makes the page that quantizes models in a browser: one file that loads
// nothing, with the command in it as WebAssembly.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"text/template"

	"github.com/tflite-quantize/tflite-quantize/go/report/page"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageJS string

//go:embed files.js
var filesJS string

//go:embed worker.js
var workerJS string

// Page returns the page. program is package web/quantize as WebAssembly, support the file
// lib/wasm/wasm_exec.js of the Go release that built it.
func Page(program []byte, support string) ([]byte, error) {
	var v struct{ Policy, Look, Style, Script, Worker, Program string }
	packed, err := pack(program)
	if err != nil {
		return nil, err
	}
	v.Look, v.Style, v.Script, v.Program = page.Style(), pageCSS, pageJS, packed
	v.Worker = strings.Join([]string{support, filesJS, workerJS}, "\n")
	if strings.Contains(v.Worker, "</script") {
		return nil, errors.New("wasm_exec.js: it has the end of a script in it, and cannot be a part of the page")
	}
	v.Policy = policy()
	var out bytes.Buffer
	if err := template.Must(template.New("page").Parse(pageHTML)).Execute(&out, v); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// policy lets the page run its own program and that of reports, and nothing connect to
// anything. Frames and workers have it too.
func policy() string {
	styles, scripts := page.Sources()
	return fmt.Sprintf("default-src 'none'; script-src %s %s 'wasm-unsafe-eval'; style-src %s %s; worker-src blob:; frame-src blob:; img-src data:; connect-src 'none'; base-uri 'none'; form-action 'none'",
		source(pageJS), scripts, source(pageCSS), styles)
}

// pack is gzip in base64. The same program gives the same text.
func pack(program []byte) (string, error) {
	var out bytes.Buffer
	to := base64.NewEncoder(base64.StdEncoding, &out)
	z, err := gzip.NewWriterLevel(to, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := z.Write(program); err != nil {
		return "", err
	}
	err = errors.Join(z.Close(), to.Close())
	return out.String(), err
}

// source is a style or a script as a Content-Security-Policy names it.
func source(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
