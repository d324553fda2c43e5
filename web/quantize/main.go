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
// done and for the answer. It returns at once, as files are opened in the meantime.
func perform(_ js.Value, arguments []js.Value) any {
	name, request, progress, done := arguments[0].String(), arguments[1].String(), arguments[2], arguments[3]
	go func() {
		answer, err := json.Marshal(answerOf(name, []byte(request), progress))
		if err != nil {
			panic(err) // answers are words and numbers
		}
		done.Invoke(string(answer))
	}()
	return nil
}

// An answer has a value or a mistake in words.
type answer struct {
	Value   any    `json:"value"`
	Mistake string `json:"mistake,omitempty"`
}

func answerOf(name string, request []byte, progress js.Value) answer {
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
		value, err = task.Make(&r.Request, r.Bundle, seldom(progress))
	}
	if err != nil {
		return answer{Mistake: err.Error()}
	}
	return answer{Value: value}
}

// often is how often progress is told.
const often = 50 * time.Millisecond

func seldom(progress js.Value) func(done, total int64) {
	var last time.Time
	return func(done, total int64) {
		if now := time.Now(); done == total || now.Sub(last) >= often {
			last = now
			progress.Invoke(done, total)
		}
	}
}
