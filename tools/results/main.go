// Command results measures what quantizing costs and gains: accuracy, latency and where
// files run. It writes docs/results.json, and from that alone docs/results.md, its plots
// and the tables of README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/tflite-quantize/tflite-quantize/parity/runtimes"
)

// A measurement is one run of the command.
type measurement struct {
	dir    string // for files of variants
	quick  bool
	only   []string // names of networks, nil for all
	root   string   // the source tree
	out    Results  // what was measured so far
	keep   bool     // save out in the source tree as it grows
	stored Results  // that of the source tree
}

// A part is what --only names.
type part struct {
	name    string
	measure func(*measurement, context.Context) error
}

var parts = []part{
	{"accuracy", (*measurement).accuracy},
	{"latency", (*measurement).latency},
	{"runs", (*measurement).runs},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "results:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	var m measurement
	var names []string
	for _, p := range parts {
		names = append(names, p.name)
	}
	only := pflag.StringSlice("only", nil, "measure these parts: "+strings.Join(names, ", ")+"; page measures nothing and writes the pages from the stored numbers")
	pflag.StringSliceVar(&m.only, "models", nil, "measure these networks, and keep the stored numbers of the others")
	pflag.BoolVar(&m.quick, "quick", false, "few short rounds, to see that all works; print the page and write nothing")
	check := pflag.Bool("check", false, "compare with the stored numbers instead of writing: fail where a number is outside of its interval")
	pflag.StringVar(&m.root, "root", os.Getenv("BUILD_WORKSPACE_DIRECTORY"), "the source tree to write to")
	pflag.Parse()
	if pflag.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", pflag.Arg(0))
	}
	for _, n := range *only {
		if n != "page" && !slices.Contains(names, n) {
			return fmt.Errorf("--only: invalid part %q: want %s or page", n, strings.Join(names, ", "))
		}
	}
	if err := m.checkNames(); err != nil {
		return err
	}
	var err error
	if m.stored, err = load(m.path()); err != nil {
		return err
	}
	m.keep = !m.quick && !*check
	if err := m.measure(ctx, *only); err != nil {
		return err
	}
	switch {
	case *check:
		return report(Compare(m.stored, m.out))
	case m.quick:
		fmt.Print(Page(m.out))
		return nil
	}
	return m.write()
}

func (m *measurement) path() string { return filepath.Join(m.root, "docs", "results.json") }

func (m *measurement) checkNames() error {
	var names []string
	for _, n := range networks() {
		names = append(names, n.name)
	}
	for _, n := range m.only {
		if !slices.Contains(names, n) {
			return fmt.Errorf("--models: no network %q: want one of %s", n, strings.Join(names, ", "))
		}
	}
	return nil
}

func (m *measurement) wants(network string) bool {
	return len(m.only) == 0 || slices.Contains(m.only, network)
}

func (m *measurement) measure(ctx context.Context, only []string) error {
	var err error
	if m.dir, err = os.MkdirTemp("", "results"); err != nil {
		return err
	}
	defer os.RemoveAll(m.dir)
	for _, p := range parts {
		if len(only) > 0 && !slices.Contains(only, p.name) {
			continue
		}
		began := time.Now()
		if err := p.measure(m, ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		m.progress("%s took %v", p.name, time.Since(began).Round(time.Second))
	}
	return nil
}

func (m *measurement) progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
}

// save keeps what was measured so far, so that a run that is stopped is not lost.
func (m *measurement) save() error {
	if !m.keep {
		return nil
	}
	return m.stored.merge(m.out).save(m.path())
}

// write writes all that is made from the numbers.
func (m *measurement) write() error {
	all := m.stored.merge(m.out)
	if err := all.save(m.path()); err != nil {
		return err
	}
	docs := filepath.Join(m.root, "docs")
	readme := filepath.Join(m.root, "README.md")
	text, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	opened, err := Readme(string(text), all)
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(filepath.Join(docs, "results.md"), []byte(Page(all)), 0o666),
		os.WriteFile(filepath.Join(docs, sizePlot), []byte(SizePlot(all)), 0o666),
		os.WriteFile(filepath.Join(docs, latencyPlot), []byte(LatencyPlot(all)), 0o666),
		os.WriteFile(readme, []byte(opened), 0o666))
}

// report prints where two runs disagree.
func report(c Comparison) error {
	for _, d := range c.Differences {
		fmt.Println(d)
	}
	fmt.Printf("%d numbers compared, %d outside of their intervals, %d too noisy to tell\n", c.Compared, len(c.Differences), c.Noisy)
	if len(c.Differences) > 0 || c.Compared == 0 {
		return errors.New("--check: the runs do not agree: want every number within its interval, and one at least")
	}
	return nil
}

// all are the runtimes that files are run in.
func all() []runtimes.Runtime { return append(runtimes.All(), runtimes.Fetched()...) }
