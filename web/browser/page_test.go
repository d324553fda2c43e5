package browser

import (
	"archive/zip"
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/chromium"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/third_party/models"
)

var (
	pictures = flag.String("pictures", "", "write screenshots into this folder")
	corpus   = flag.Bool("corpus", false, "quantize all real models, each in three ways")
	large    = flag.Int("megabytes", 100, "size of the large model")
)

func quoted(s string) string { return strconv.Quote(s) }

// written writes a model into a folder of its own.
func written(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// sample is a small model with names of all kinds.
func sample(t *testing.T) string {
	t.Helper()
	m := synthetic.Sample()
	m.Subgraphs[0].Tensors[1].Name = `it's "one" [1] * <b>`
	data, err := tflite.Write(m)
	if err != nil {
		t.Fatal(err)
	}
	return written(t, "my model.tflite", data)
}

func realModel(t *testing.T, name string) string {
	t.Helper()
	m, err := models.Named(name)
	if err != nil && os.Getenv("TEST_SRCDIR") == "" {
		t.Skip("no models:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m.Path
}

func TestAModelIsQuantized(t *testing.T) {
	for name, address := range map[string]func(*testing.T) string{"file": asFile, "server": serve} {
		t.Run(name, func(t *testing.T) {
			u, model := visit(t, address(t)), sample(t)
			u.choose(model)
			u.wants("quantize 'my model.tflite'", `document.getElementById("command").textContent`)
			u.equal(model)
			u.wants("my model.int8.tflite", `document.getElementById("download").download`)
			_, page := u.download("download-report")
			if !strings.Contains(string(page), "<title>my model.int8.tflite: quantization report</title>") {
				t.Errorf("the report: %.300s", page)
			}
			for _, words := range u.Complaints() {
				t.Error(words)
			}
		})
	}
}

// folders are those that pages have on the disk, with the numbers of their files.
const folders = `(async () => {
	const out = [];
	for await (const folder of (await navigator.storage.getDirectory()).values()) {
		let n = 0;
		for await (const _ of folder.keys()) n++;
		out.push(n);
	}
	return String(out);
})()`

// A served page writes to the disk, has the files of its last task there, and removes what
// pages that are closed have left. To a page that is a file, browsers give no disk.
func TestFilesAreOnTheDisk(t *testing.T) {
	address, model := serve(t), sample(t)
	u := visit(t, address)
	for range 2 {
		u.choose(model)
		u.make()
		u.make()
		u.wants("2", folders)
		u.Open(address)
		u.Wait(`document.getElementById("model-status").textContent === "Ready"`)
	}
	u.Open(asFile(t))
	u.wants("SecurityError", folders+`.catch((e) => e.name)`)
}

// Files are those of the command, whatever is chosen.
func TestChoicesAreThoseOfTheCommand(t *testing.T) {
	u, model := visit(t, asFile(t)), sample(t)
	u.choose(model)
	for _, fields := range [][2]string{{"type", "float16"}, {"recipe", "mlir"}, {"recipe", "dynamic_wi8_afp32"}, {"recipe", "int4_blocks32"}, {"for", "tflite"}, {"keep", "up/*"}, {"only", "op:CONV_2D\nup/filter"}, {"no-hybrid", "true"}, {"exact", "true"}, {"min-elements", "7"}} {
		u.set(fields[0], fields[1])
		u.wants("", `document.getElementById("mistake").textContent`)
		u.wants(true, `document.getElementById("command").textContent.includes("--`+fields[0]+`")`)
		u.equal(model)
		u.Eval(`document.getElementById("reset").click()`, nil)
		u.planned()
	}
}

// Each mark of a weight stands for a --keep.
func TestAWeightWithoutItsMarkStays(t *testing.T) {
	u, model := visit(t, asFile(t)), sample(t)
	u.choose(model)
	boxes := `document.querySelectorAll(".weights tbody input")`
	u.wants(3.0, boxes+`.length`)
	u.Eval(boxes+`[1].click()`, nil)
	u.planned()
	u.wants(false, boxes+`[1].checked`)
	u.wants(true, `document.getElementById("command").textContent.includes("--keep")`)
	u.equal(model)
	u.Eval(`[...document.querySelectorAll(".weights .button")].find((b) => b.textContent === "Keep all").click()`, nil)
	u.planned()
	u.wants(0.0, `[...`+boxes+`].filter((b) => b.checked).length`)
	u.wants("Stays as it is", `document.getElementById("sum").textContent`)
	u.equal(model)
}

// recipeFile writes one beside a model.
func recipeFile(t *testing.T, model string) string {
	t.Helper()
	path := filepath.Join(filepath.Dir(model), "own.json")
	if err := os.WriteFile(path, []byte(`{"recipe": "quantize_weights", "version": 1, "scheme": "legacy", "min_elements": 2}`), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func (u *user) chooseRecipe(model string) {
	u.Helper()
	u.Choose(`document.getElementById("recipe-file")`, recipeFile(u.T, model))
	u.Wait(`document.getElementById("command").textContent.includes("--recipe own.json")`)
	u.planned()
}

func TestRecipeFilesAreRead(t *testing.T) {
	u, model := visit(t, asFile(t)), sample(t)
	u.choose(model)
	u.chooseRecipe(model)
	u.equal(model)
}

// What is wrong is said in the command's words, at the field that is meant.
func TestMistakesAreNamed(t *testing.T) {
	u, model := visit(t, asFile(t)), sample(t)
	words := `document.getElementById("mistake").textContent`
	u.Choose(`document.getElementById("model")`, written(t, "broken.tflite", []byte("\x08\x00\x00\x00TFL3, and nothing else")))
	u.Wait(words)
	u.wants(true, words+`.startsWith("broken.tflite: ")`)
	u.wants(true, `document.getElementById("bar").hidden`)
	u.choose(model)
	u.wants("", words)
	u.set("keep", "up/filtre")
	u.wants(true, words+`.startsWith('--keep, --only or --rule: no constant "up/filtre" in the model, the nearest are up/filter')`)
	u.wants("true", `document.getElementById("f-keep").ariaInvalid`)
	u.wants(true, `document.getElementById("quantize").disabled`)
	u.set("keep", "up/filter")
	u.wants("", words)
	u.wants(false, `document.getElementById("f-keep").hasAttribute("aria-invalid")`)
	u.equal(model)
}

// A full disk is named, and leaves nothing.
func TestAFullDiskIsNamed(t *testing.T) {
	address, model := serve(t), sample(t)
	u := visit(t, address)
	u.choose(model)
	quota := chromium.Object{"origin": strings.TrimSuffix(address, "/"), "quotaSize": 1000}
	u.Call("Storage.overrideQuotaForOrigin", quota, nil)
	u.Eval(`document.getElementById("quantize").click()`, nil)
	u.Wait(`document.getElementById("cancel").hidden`)
	u.wants("my model.int8.tflite: No space left on device", `document.getElementById("mistake").textContent`)
	u.wants("0", folders)
	delete(quota, "quotaSize")
	u.Call("Storage.overrideQuotaForOrigin", quota, nil)
	u.equal(model)
}

// A model that the program cannot address is named, and the page goes on.
func TestAModelThatDoesNotFitIsNamed(t *testing.T) {
	u, model := visit(t, asFile(t)), sample(t)
	huge := written(t, "huge.tflite", nil)
	if err := os.Truncate(huge, 5<<30); err != nil {
		t.Skip("no such files here:", err)
	}
	words := `document.getElementById("mistake").textContent`
	u.Choose(`document.getElementById("model")`, huge)
	u.Wait(words)
	u.wants("This browser gives the page too little memory for the model: the command quantize takes less", words)
	u.choose(model)
	u.equal(model)
}

// A file that changes after it was chosen is one that browsers do not give any more.
func TestAChangedFileIsNamed(t *testing.T) {
	u, model := visit(t, asFile(t)), sample(t)
	u.choose(model)
	u.chooseRecipe(model)
	if err := os.WriteFile(filepath.Join(filepath.Dir(model), "own.json"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	u.set("min-elements", "3")
	u.wants(true, `document.getElementById("mistake").textContent.startsWith("own.json: ")`)
	u.wants(true, `document.getElementById("mistake").textContent.endsWith(": own.json changed or went away since it was chosen: choose it again")`)
}

// A bundle of models has no page of a report, and all else is the same.
func TestBundlesAreQuantized(t *testing.T) {
	u := visit(t, asFile(t))
	data, err := tflite.Write(synthetic.Sample())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"a.tflite", "b.tflite"} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		w.Write(data)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	model := written(t, "two.task", b.Bytes())
	u.choose(model)
	u.wants(2.0, `document.querySelectorAll("#plans .part").length`)
	u.equal(model)
	u.wants(nil, `document.querySelector("iframe")`)
}

func TestAModelIsDropped(t *testing.T) {
	u, model := visit(t, asFile(t)), sample(t)
	u.Drop(640, 300, model)
	u.Wait(`!document.getElementById("bar").hidden`)
	u.equal(model)
	u.Drop(640, 300, recipeFile(t, model))
	u.Wait(`document.getElementById("command").textContent.includes("--recipe own.json")`)
	u.planned()
	u.equal(model)
}

// heavy is a model of so many megabytes, most of them in three weights.
func heavy(t *testing.T, megabytes int) string {
	t.Helper()
	m := synthetic.New()
	n := int32(1000)
	for range 3 {
		x, y := m.Input(1, n), m.Tensor(1, int32(megabytes)*1000/12)
		m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, m.Random(int32(megabytes)*1000/12, n), -1}, y)
		m.Output(y)
	}
	return written(t, "heavy.tflite", m.Bytes())
}

// Work is stopped while it is done, leaves nothing, and can be begun anew.
func TestWorkIsCancelled(t *testing.T) {
	u, model := visit(t, asFile(t)), sample(t)
	u.choose(heavy(t, *large))
	u.Eval(`document.getElementById("quantize").click()`, nil)
	u.Wait(`document.getElementById("progress").value > 0 && (document.getElementById("cancel").click(), true)`)
	u.Wait(`document.getElementById("said").textContent === "Stopped, nothing was made"`)
	u.wants(true, `document.getElementById("result").hidden`)
	u.wants("", `document.getElementById("mistake").textContent`)
	u.set("type", "float16")
	u.wants("quantize heavy.tflite --type float16", `document.getElementById("command").textContent`)
	u.choose(model)
	u.equal(model)
}

func TestLargeModelsAreQuantized(t *testing.T) {
	u, model := visit(t, serve(t)), heavy(t, *large)
	u.choose(model)
	u.equal(model)
	u.noteMemory(model)
}

// noteMemory checks that a model is in the program's memory once.
func (u *user) noteMemory(model string) {
	u.Helper()
	info, err := os.Stat(model)
	if err != nil {
		u.Fatal(err)
	}
	memory, err := strconv.ParseInt(u.text(`document.documentElement.dataset.memory`), 10, 64)
	if err != nil {
		u.Fatal(err)
	}
	u.Logf("%s: %d bytes, memory of the program %d; %s", filepath.Base(model), info.Size(), memory, u.text(`document.querySelector("#took").textContent`))
	if most := info.Size()*3/2 + 60_000_000; memory > most {
		u.Errorf("the program takes %d bytes for a model of %d, want at most %d", memory, info.Size(), most)
	}
}

func TestRealModelsAreQuantized(t *testing.T) {
	names := []string{"birdnet", "nmp"}
	if *corpus {
		all, err := models.All()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range all[1:] {
			if !slices.Contains(names, m.Name) {
				names = append(names, m.Name)
			}
		}
	}
	u := visit(t, serve(t))
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			u, model := &user{t, u.Browser}, realModel(t, name)
			u.choose(model)
			u.equal(model)
			u.noteMemory(model)
			if name == "birdnet" && !*corpus {
				return
			}
			u.set("type", "float16")
			u.equal(model)
			u.set("type", "int8")
			if box := `document.querySelector(".weights tbody input")`; u.text(`String(`+box+`)`) != "null" {
				u.Eval(box+`.click()`, nil)
				u.planned()
				u.equal(model)
			}
		})
	}
}

// The browser asks nobody for anything but the page, whatever is done in it.
func TestNothingLeavesTheDevice(t *testing.T) {
	log := filepath.Join(t.TempDir(), "net.json")
	address := serve(t)
	u := &user{t, chromium.Start(t, "--log-net-log="+log)}
	u.Open(address)
	u.choose(sample(t))
	u.make()
	u.download("download-report")
	u.Close()
	data, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, m := range regexp.MustCompile(`"url":"([a-z]+:[^"]*)"`).FindAllStringSubmatch(string(data), -1) {
		asked[m[1]] = true
	}
	if !asked[address] {
		t.Errorf("the log does not have the page itself: %v", asked)
	}
	for a := range asked {
		if a != address && !strings.HasPrefix(a, "blob:") && !strings.HasPrefix(a, "data:") {
			t.Errorf("asked for %s", a)
		}
	}
}

// Nothing that a script in the page tries reaches a server.
func TestThePolicyHolds(t *testing.T) {
	u := visit(t, serve(t))
	for _, try := range []string{
		`fetch("/stolen").then(() => "sent", () => "refused")`,
		`new Promise((done) => { const i = new Image(); i.onload = () => done("sent"); i.onerror = () => done("refused"); i.src = "/stolen.png"; })`,
		`new Promise((done) => { const s = document.createElement("script"); s.textContent = "window.ran = true"; document.body.append(s); done(window.ran ? "sent" : "refused"); })`,
		`new Promise((done) => { const w = new Worker(URL.createObjectURL(new Blob(["fetch('` + "` + location.origin + `" + `/stolen').then(() => postMessage('sent'), () => postMessage('refused'))"]))); w.onmessage = (e) => done(e.data); })`,
		`navigator.sendBeacon("/stolen") ? "sent" : "refused"`,
	} {
		if strings.HasPrefix(try, "navigator") {
			u.Eval(try, nil) // which may promise what it does not do: the server says
			continue
		}
		u.wants("refused", try)
	}
}

// open opens all that can be.
const open = `document.querySelectorAll("details").forEach((d) => { d.open = true; })`

// axe-core finds nothing, in both colours, in each state of the page.
func TestThePageIsAccessible(t *testing.T) {
	axe, err := os.ReadFile(chromium.Runfile(t, "axe_core/package/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	u, model := visit(t, asFile(t)), sample(t)
	u.Eval(string(axe), nil)
	check := func(state string) {
		t.Helper()
		for _, scheme := range []string{"light", "dark"} {
			u.Show(1280, 900, scheme)
			var found struct {
				Violations []string
				Passes     int
			}
			u.Eval(`axe.run({ iframes: false }).then((r) => ({ Passes: r.passes.length, Violations: r.violations.map((v) => v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200) + " " + n.failureSummary).join("; ")) }))`, &found)
			if found.Passes < 15 {
				t.Errorf("%s, %s: only %d rules were checked", state, scheme, found.Passes)
			}
			for _, v := range found.Violations {
				t.Errorf("%s, %s: %s", state, scheme, v)
			}
		}
	}
	check("empty")
	u.choose(model)
	u.Eval(open, nil)
	check("planned")
	u.set("keep", "nothing")
	check("mistaken")
	u.set("keep", "")
	u.make()
	check("made")
}

// A phone shows all of the page.
func TestThePageFitsAPhone(t *testing.T) {
	u := visit(t, asFile(t))
	u.Show(360, 700, "light")
	m := synthetic.Sample()
	m.Subgraphs[0].Tensors[4].Name = strings.Repeat("long", 1000)
	data, err := tflite.Write(m)
	if err != nil {
		t.Fatal(err)
	}
	u.choose(written(t, strings.Repeat("name", 20)+".tflite", data))
	u.Eval(open, nil)
	u.wants(360.0, `document.documentElement.scrollWidth`)
	u.make()
	u.wants(360.0, `document.documentElement.scrollWidth`)
}

// The whole way by keys alone.
func TestKeysAreEnough(t *testing.T) {
	u, model := visit(t, asFile(t)), sample(t)
	u.Eval(`document.getElementById("model").focus()`, nil)
	u.wants("model", `document.activeElement.id`)
	u.choose(model)
	u.Eval(`document.querySelector(".weights tbody input").focus()`, nil)
	u.Press("Space")
	u.planned()
	u.wants(true, `document.getElementById("command").textContent.includes("--keep")`)
	u.wants("checkbox", `document.activeElement.type`) // focus stays where it was
	u.Eval(`document.getElementById("quantize").focus()`, nil)
	u.Press("Enter")
	u.Wait(`document.getElementById("said").textContent.startsWith("Done: my model.int8.tflite, ")`)
	u.wants("download", `document.activeElement.id`)
}

// TestPictures is for the eye: give -pictures a folder.
func TestPictures(t *testing.T) {
	if *pictures == "" {
		t.Skip("give -pictures a folder")
	}
	u, model := visit(t, asFile(t)), realModel(t, "nmp")
	look := func(name string) {
		for _, width := range []int{1280, 360} {
			for _, scheme := range []string{"light", "dark"} {
				u.Show(width, 900, scheme)
				var height int
				u.Eval(`document.documentElement.scrollHeight`, &height)
				for top := 0; top < height; top += 1500 {
					u.Screenshot(filepath.Join(*pictures, fmt.Sprintf("%s-%d-%s-%d.png", name, width, scheme, top/1500)), top, min(1500, height-top))
				}
			}
		}
	}
	look("1-empty")
	u.choose(model)
	look("2-planned")
	u.Eval(open, nil)
	u.set("keep", "nothing")
	look("3-mistaken")
	u.set("keep", "")
	u.make()
	u.Wait(`document.querySelector("iframe")`)
	look("4-made")
}
