//go:build js && wasm

// Program quantize is the one that the page runs: WebAssembly in a worker, which has a file
// system of its own with the model in it. It gives the worker one function.
package main

import (
	"encoding/json"
	"syscall/js"
	"time"

	"github.com/tflite-quantize/tflite-quantize/web/task"
)

func main() {
	js.Global().Set("perform", js.FuncOf(perform))
	select {}
}

// perform does a task: its name, a request as JSON, and functions for the bytes that are
// done, for a file that is made, and for the answer. It returns at once, as files are
// opened in the meantime.
func perform(_ js.Value, arguments []js.Value) any {
	name, request := arguments[0].String(), arguments[1].String()
	h := host{arguments[2], arguments[3]}
	done := arguments[4]
	go func() { done.Invoke(inJSON(h.answer(name, []byte(request)))) }()
	return nil
}

// A host is the functions of the worker that are called meanwhile.
type host struct{ progress, made js.Value }

// An answer has a value or a mistake in words.
type answer struct {
	Value   any    `json:"value"`
	Mistake string `json:"mistake,omitempty"`
}

func (h host) answer(name string, request []byte) answer {
	var value any
	var r struct {
		task.Request
		Bundle bool `json:"bundle"`
	}
	err := json.Unmarshal(request, &r)
	switch {
	case err != nil:
	case name == "begin":
		value = task.Begin()
	case name == "plan":
		value, err = task.Preview(&r.Request)
	default:
		err = task.Make(&r.Request, r.Bundle, h.seldom(), h.tell)
	}
	if err != nil {
		return answer{Mistake: err.Error()}
	}
	return answer{Value: value}
}

// tell waits until the worker has taken the file: it does nothing else while the program
// computes.
func (h host) tell(m *task.Made) {
	taken := make(chan struct{})
	done := js.FuncOf(func(js.Value, []js.Value) any { close(taken); return nil })
	defer done.Release()
	h.made.Invoke(inJSON(m), done)
	<-taken
}

func inJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // all are words and numbers
	}
	return string(data)
}

// often is how often progress is told.
const often = 50 * time.Millisecond

func (h host) seldom() func(done, total int64) {
	var last time.Time
	return func(done, total int64) {
		if now := time.Now(); now.Sub(last) >= often {
			last = now
			h.progress.Invoke(done, total)
		}
	}
}
