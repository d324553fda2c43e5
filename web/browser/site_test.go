package browser

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/internal/chromium"
	"github.com/tflite-quantize/tflite-quantize/internal/cli"
	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
)

var built string // the folder of the page, "" before it is built

func TestMain(m *testing.M) {
	code := chromium.Run(m)
	if built != "" {
		os.RemoveAll(built)
	}
	os.Exit(code)
}

// folder has the page: that of the Bazel target, or one that is built once.
func folder(t *testing.T) string {
	t.Helper()
	if found, err := runfiles.Find("tflite_quantize/web/index.html"); err == nil {
		return filepath.Dir(found)
	}
	if err := build(); err != nil {
		t.Fatal(err)
	}
	return built
}

var build = sync.OnceValue(func() error {
	dir, err := os.MkdirTemp("", "web")
	if err != nil {
		return err
	}
	built = dir
	c := exec.Command("go", "run", "../build", "-out", dir)
	c.Stderr = os.Stderr
	return c.Run()
})

// serve is the address of the page on a server that knows no other file. The test fails
// where anything else is asked for.
func serve(t *testing.T) string {
	t.Helper()
	files := http.FileServer(http.Dir(folder(t)))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			t.Errorf("the server was asked for %s", r.URL)
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/"
}

// A user of the page.
type user struct {
	*testing.T
	*chromium.Browser
}

// visit opens the page, from a server or as a file.
func visit(t *testing.T, address string) *user {
	t.Helper()
	u := &user{t, chromium.Start(t)}
	u.Show(1280, 900, "light")
	u.Open(address)
	u.Wait(`document.getElementById("model-status").textContent !== "Starting"`)
	u.wants("Ready", `document.getElementById("model-status").textContent`)
	return u
}

func asFile(t *testing.T) string { return "file://" + filepath.Join(folder(t), "index.html") }

// wants checks what a script gives.
func (u *user) wants(want any, script string) {
	u.Helper()
	var got any
	u.Eval(script, &got)
	if got != want {
		u.Errorf("%s: got %v, want %v", script, got, want)
	}
}

func (u *user) text(script string) string {
	u.Helper()
	var s string
	u.Eval(script, &s)
	return s
}

// choose gives the page a model and waits for its plan.
func (u *user) choose(path string) {
	u.Helper()
	u.Choose(`document.getElementById("model")`, path)
	u.Wait(`!document.getElementById("bar").hidden`)
	u.planned()
}

// set changes a field, and waits for the plan or the mistake.
func (u *user) set(field, value string) {
	u.Helper()
	u.Eval(`(() => { const f = document.getElementById("f-`+field+`"); if (f.type === "checkbox") f.checked = `+quoted(value)+` === "true"; else f.value = `+quoted(value)+`; f.dispatchEvent(new Event("change")); })()`, nil)
	u.planned()
}

// planned waits for a plan that is being made.
func (u *user) planned() {
	u.Helper()
	u.Wait(`document.getElementById("plan").ariaBusy !== "true"`)
}

// make has the file made, and returns what is downloaded, and its name.
func (u *user) make() (name string, content []byte) {
	u.Helper()
	u.Eval(`document.getElementById("quantize").click()`, nil)
	u.Wait(`document.getElementById("cancel").hidden`) // the report is made too
	u.wants("", `document.getElementById("mistake").textContent`)
	return u.download("download")
}

func (u *user) download(id string) (name string, content []byte) {
	u.Helper()
	dir := u.Download(`document.getElementById("` + id + `").click()`)
	list, err := os.ReadDir(dir)
	if err != nil || len(list) != 1 {
		u.Fatalf("%v, %d files", err, len(list))
	}
	content, err = os.ReadFile(filepath.Join(dir, list[0].Name()))
	if err != nil {
		u.Fatal(err)
	}
	return list[0].Name(), content
}

// byCommand runs the command that the page shows, with its words taken apart by a shell, in
// the folder of the model. It returns the file that is made.
func (u *user) byCommand(model string) []byte {
	u.Helper()
	split := exec.Command("sh", "-c", `quantize() { printf '%s\n' "$@"; }; `+u.text(`document.getElementById("command").textContent`))
	words, err := split.Output()
	if err != nil {
		u.Fatal(err)
	}
	u.Chdir(filepath.Dir(model))
	u.Setenv("BUILD_WORKSPACE_DIRECTORY", "")
	out := filepath.Join(u.TempDir(), "out.tflite")
	var said bytes.Buffer
	arguments := append(strings.Split(strings.TrimSuffix(string(words), "\n"), "\n"), "-o", out)
	if code := cli.Run(arguments, &said, &said); code != 0 {
		u.Fatalf("%q: exit code %d: %s", arguments, code, &said)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		u.Fatal(err)
	}
	return data
}

// equal compares the download with what the command makes.
func (u *user) equal(model string) {
	u.Helper()
	name, got := u.make()
	if want := u.byCommand(model); !bytes.Equal(got, want) {
		u.Errorf("%s: %d bytes, or others than the command's %d", name, len(got), len(want))
	}
}
