package browser

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

var measure = flag.Bool("measure", false, "measure times and memory of the page")

// TestMeasures prints what the page takes for models: seconds of processors of all
// processes of the browser, which other work on the machine changes little, and memory.
func TestMeasures(t *testing.T) {
	if !*measure {
		t.Skip("give -measure")
	}
	for _, model := range []string{realModel(t, "birdnet"), heavy(t, *large)} {
		for name, address := range map[string]func(*testing.T) string{"file": asFile, "server": serve} {
			u := visit(t, address(t))
			began, wall := u.seconds(), time.Now()
			lap := func(what string) {
				now := u.seconds()
				t.Logf("%s, %s, %s: %.2f s of processors, %.2f s", model[strings.LastIndex(model, "/")+1:], name, what, now-began, time.Since(wall).Seconds())
				began, wall = now, time.Now()
			}
			u.choose(model)
			lap("plan")
			u.set("min-elements", "1025")
			lap("second plan")
			u.Eval(`document.getElementById("quantize").click()`, nil)
			u.Wait(`!document.getElementById("result").hidden`)
			lap("quantize")
			u.Wait(`document.getElementById("cancel").hidden`)
			lap("report")
			u.Eval(`document.getElementById("quantize").click()`, nil)
			u.Wait(`document.getElementById("result").hidden`)
			u.Wait(`!document.getElementById("result").hidden`)
			lap("second quantize")
			u.Wait(`document.getElementById("cancel").hidden`)
			t.Logf("memory of the program: %s bytes; %s", u.text(`document.documentElement.dataset.memory`), u.text(`document.getElementById("took").textContent`))
			t.Logf("most memory of all processes: %s", u.peaks())
		}
	}
}

// processes are those of the browser.
func (u *user) processes() []int {
	u.Helper()
	parents := map[int]int{}
	list, err := os.ReadDir("/proc")
	if err != nil {
		u.Fatal(err)
	}
	for _, e := range list {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			if fields := statOf(pid); len(fields) > 1 {
				parents[pid], _ = strconv.Atoi(fields[1])
			}
		}
	}
	var out []int
	for pid := range parents {
		for p := pid; p != 0; p = parents[p] {
			if p == u.Process() {
				out = append(out, pid)
				break
			}
		}
	}
	return out
}

// statOf are the fields of a process after its name.
func statOf(pid int) []string {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	return strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+1:]))
}

// ticks is how many a second has, as Linux tells programs.
const ticks = 100

func (u *user) seconds() float64 {
	u.Helper()
	sum := 0
	for _, pid := range u.processes() {
		fields := statOf(pid)
		if len(fields) < 15 {
			continue
		}
		user, _ := strconv.Atoi(fields[11])
		system, _ := strconv.Atoi(fields[12])
		sum += user + system
	}
	return float64(sum) / ticks
}

func (u *user) peaks() string {
	u.Helper()
	var out []string
	for _, pid := range u.processes() {
		status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		for line := range strings.Lines(string(status)) {
			if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
				out = append(out, strings.TrimSpace(value))
			}
		}
	}
	return strings.Join(out, ", ")
}
