package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// extensions are those of the files that are taken from a folder.
var extensions = []string{".tflite", ".lite", ".task", ".litertlm"}

// isModelName tells by a file's name that it is a model.
func isModelName(path string) bool {
	return slices.Contains(extensions, strings.ToLower(filepath.Ext(path)))
}

// isBatch tells that there is more than one model, or a folder of models.
func isBatch(args []string) bool {
	if len(args) > 1 {
		return true
	}
	info, err := os.Stat(args[0])
	if err != nil || !info.IsDir() {
		return false
	}
	for range modelsIn(args[0]) {
		return true
	}
	return false
}

// modelsIn are the models in a folder, at any depth.
func modelsIn(dir string) iter.Seq[string] {
	return func(yield func(string) bool) {
		filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && isModelName(path) && !yield(path) {
				return fs.SkipAll
			}
			return nil
		})
	}
}

// runBatch quantizes several models, with a line for each.
func (j *job) runBatch(c *cobra.Command, args []string) error {
	if err := j.checkBatch(); err != nil {
		return err
	}
	q, word, err := j.flags.Quantizer()
	if err != nil {
		return err
	}
	jobs, skipped, err := j.batch(args, word)
	if err != nil {
		return err
	}
	shareProcessors(jobs)
	b := batch{jobs: jobs, done: make([]chan struct{}, len(jobs)), skipped: skipped}
	for i := range b.done {
		b.done[i] = make(chan struct{})
	}
	stop := b.start(c, q)
	defer stop()
	if j.json {
		return b.printJSON(c)
	}
	return b.print(c, j.quiet)
}

func (j *job) checkBatch() error {
	switch {
	case j.like != "":
		return usageErrorf("--like: takes one model, and several are given")
	case j.out != "" && !os.IsPathSeparator(j.out[len(j.out)-1]):
		return usageErrorf("--output: %s is one file, and several models are given: name a folder with -d", text.Printable(j.out))
	}
	return nil
}

// A batch is models that are quantized together.
type batch struct {
	jobs    []*batched
	done    []chan struct{} // by job, closed when it is done
	skipped int             // files that are outputs of an earlier run
}

// A batched job is one model of a batch.
type batched struct {
	job
	bundle  bool
	models  []*report.Report // one, or those of a bundle
	workers int              // at most, 0 for as many as processors
	before  int64            // bytes
	after   int64
	err     error
}

// batch makes a job of each model.
func (j *job) batch(args []string, word string) (jobs []*batched, skipped int, err error) {
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil || !info.IsDir() {
			jobs = append(jobs, &batched{job: j.of(arg, j.dir)})
			continue
		}
		models := 0
		for path := range modelsIn(arg) {
			models++
			if isOutput(path, word) {
				skipped++
				continue
			}
			jobs = append(jobs, &batched{job: j.of(path, j.folderFor(arg, path))})
		}
		if models == 0 {
			return nil, 0, &inputError{arg, "a folder without models: want files that end in " + strings.Join(extensions, ", "), exitRead}
		}
	}
	for _, b := range jobs {
		if b.err = b.place(word); b.err == nil && b.dir != "" {
			if err := makeFolder(b.dir); err != nil {
				return nil, 0, err
			}
		}
	}
	return jobs, skipped, checkPlaces(jobs)
}

func makeFolder(dir string) error {
	err := os.MkdirAll(dir, 0o777)
	var path *fs.PathError
	if errors.As(err, &path) {
		err = quantize.WriteError(dir, fmt.Errorf("the folder cannot be made: %v", path.Err))
	}
	return err
}

func (j *job) of(in, dir string) job {
	one := *j
	one.in, one.dir = in, dir
	return one
}

// folderFor is the folder for the output of a model in a folder, "" for the model's.
func (j *job) folderFor(root, path string) string {
	if j.dir == "" {
		return ""
	}
	inside, err := filepath.Rel(root, filepath.Dir(path))
	if err != nil {
		return j.dir
	}
	return filepath.Join(j.dir, inside)
}

// isOutput tells that a file is what an earlier run made of another one beside it.
func isOutput(path, word string) bool {
	ext := filepath.Ext(path)
	base, ok := strings.CutSuffix(strings.TrimSuffix(path, ext), "."+word)
	return ok && slices.ContainsFunc(extensions, func(e string) bool { return exists(base+e) || exists(base+strings.ToUpper(e)) })
}

// place looks at the input and chooses the output.
func (b *batched) place(word string) (err error) {
	if b.bundle, err = isBundle(b.in); err != nil {
		return err
	}
	ext := ".tflite"
	if b.bundle {
		ext = filepath.Ext(b.in)
	}
	return b.chooseOutput(word, ext)
}

// checkPlaces reports an output that is also another one, or one of the models.
func checkPlaces(jobs []*batched) error {
	made, read := map[string]string{}, map[string]bool{}
	for _, b := range jobs {
		read[filepath.Clean(b.in)] = true
	}
	for _, b := range jobs {
		out := filepath.Clean(b.out)
		switch other, twice := made[out]; {
		case b.err != nil:
		case twice:
			return usageErrorf("%s and %s would both become %s: quantize one of them alone", other, b.in, b.out)
		case read[out] && !b.inPlace:
			return usageErrorf("%s would become %s, which is one of the models too: name another folder with -d", b.in, b.out)
		default:
			made[out] = b.in
		}
	}
	return nil
}

// start quantizes in the background. stop waits for what was begun.
func (b *batch) start(c *cobra.Command, q quantize.Quantizer) (stop func()) {
	next := make(chan int)
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), runtime.NumCPU()+1, len(b.jobs)) { // GOMAXPROCS may be any number
		group.Add(1)
		go func() {
			defer group.Done()
			for i := range next {
				if one := b.jobs[i]; one.err == nil {
					one.err = one.make(c, q)
				}
				close(b.done[i])
			}
		}()
	}
	go func() {
		for i := range b.jobs {
			next <- i
		}
		close(next)
	}()
	return group.Wait
}

// Where there are manyTimes as many models as processors, each is done by one of these,
// without handing parts of it on; but for models of at least large bytes, of which the last
// one would keep all others waiting.
const (
	manyTimes = 4
	large     = 64 << 20
)

// shareProcessors gives models the number of their workers.
func shareProcessors(jobs []*batched) {
	if len(jobs) < manyTimes*runtime.NumCPU() {
		return
	}
	for _, b := range jobs {
		if info, err := os.Stat(b.in); err == nil && info.Size() < large {
			b.workers = 1
		}
	}
}

// make quantizes one model.
func (b *batched) make(c *cobra.Command, q quantize.Quantizer) error {
	run := b.runOptions(newProgress(io.Discard))
	run = append(run, quantize.WithContext(c.Context()), quantize.WithWorkers(b.workers))
	if !b.bundle {
		r, err := quantize.File(b.in, b.out, q, run...)
		if err == nil {
			b.models, b.before, b.after = []*report.Report{r}, r.Input.Bytes, r.Output.Bytes
		}
		return err
	}
	aimed, err := b.bundleQuantizer()
	if err != nil {
		return err
	}
	r, err := quantize.Bundle(b.in, b.out, aimed, run...)
	if err == nil {
		b.models, b.before, b.after = r.Models, r.Input.Bytes, r.Output.Bytes
	}
	return err
}

// line says what was made of a model.
func (b *batched) line() string {
	words := text.Printable(b.in) + " -> " + text.Printable(b.out) + ": "
	if len(b.models) == 1 && b.models[0].Unchanged != "" {
		return words + "the model as it was: " + text.Name(b.models[0].Unchanged, maxSentence)
	}
	return words + report.SmallerInWords(b.before, b.after)
}

// print prints a line for each model, in order, and the total.
func (b *batch) print(c *cobra.Command, quiet bool) error {
	w := c.OutOrStdout()
	if quiet {
		w = io.Discard
	}
	var worst batchError
	var before, after int64
	for i, one := range b.jobs {
		<-b.done[i]
		if one.err != nil {
			worst.add(c, one)
			continue
		}
		before, after = before+one.before, after+one.after
		if _, err := fmt.Fprintln(w, one.line()); err != nil {
			return err
		}
	}
	total := text.Count(len(b.jobs)-worst.failed, "model", "models") + ": " + report.SmallerInWords(before, after)
	if worst.failed > 0 {
		total += fmt.Sprintf("; %s failed", text.Exact(int64(worst.failed)))
	}
	if b.skipped > 0 {
		total += fmt.Sprintf("; %s skipped, which earlier runs made", text.Count(b.skipped, "file", "files"))
	}
	_, err := fmt.Fprintln(w, text.Styled(c.OutOrStdout(), text.Strong, total))
	return cmp.Or(err, worst.orNil())
}

// printJSON prints a list of the reports of all models that were quantized.
func (b *batch) printJSON(c *cobra.Command) error {
	var worst batchError
	all := []*report.Report{}
	for i, one := range b.jobs {
		<-b.done[i]
		if one.err != nil {
			worst.add(c, one)
		}
		all = append(all, one.models...)
	}
	return cmp.Or(encode(c.OutOrStdout(), all), worst.orNil())
}

// A batchError stands for errors that were printed.
type batchError struct {
	failed, code int
}

func (e *batchError) Error() string { return fmt.Sprintf("%d models failed", e.failed) }

func (e *batchError) orNil() error {
	if e.failed == 0 {
		return nil
	}
	return e
}

// add prints an error and keeps the worst code.
func (e *batchError) add(c *cobra.Command, one *batched) {
	e.failed++
	e.code = max(e.code, exitCode(one.err))
	message := one.err.Error()
	if !strings.Contains(message, one.in) {
		message = one.in + ": " + message
	}
	fmt.Fprintf(c.ErrOrStderr(), "%s: %s%s\n", c.Name(), text.Name(message, maxSentence), remedy(one.err))
}

// asBatch returns the error of a batch, nil for others.
func asBatch(err error) *batchError {
	var b *batchError
	errors.As(err, &b)
	return b
}
