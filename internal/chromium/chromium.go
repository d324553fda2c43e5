// Package chromium drives a headless Chromium in tests, by the DevTools protocol.
package chromium

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// A Browser has one tab. Its messages are JSON and end in a zero byte, to its file
// descriptor 3 and from 4. What fails ends the test.
type Browser struct {
	t       *testing.T
	cmd     *exec.Cmd
	in      io.Writer
	session string

	mu      sync.Mutex
	last    int
	waiting map[int]chan message
	events  []message
	loaded  chan struct{}
	// downloads are the states in which downloads ended.
	downloads chan string
}

type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// start runs the browser until the test ends.
func start(t *testing.T, program string, environment, flags []string) *Browser {
	t.Helper()
	toRead, toWrite, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	fromRead, fromWrite, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	arguments := append([]string{"--headless", "--no-sandbox", "--no-zygote", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--hide-scrollbars", "--user-data-dir=" + t.TempDir(), "--remote-debugging-pipe"}, flags...)
	cmd := exec.Command(program, append(arguments, "about:blank")...)
	cmd.Env = append(os.Environ(), environment...)
	cmd.ExtraFiles = []*os.File{toRead, fromWrite}
	// Wait returns when all processes of the browser have closed the pipe that these are, and
	// none writes to its folder any more.
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &said, &said, limit
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	toRead.Close()
	fromWrite.Close()
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		toWrite.Close()
		if t.Failed() {
			t.Logf("the browser said: %.4000s", said.Bytes())
		}
	})
	c := &Browser{t: t, cmd: cmd, in: toWrite, waiting: map[int]chan message{}, loaded: make(chan struct{}, 16), downloads: make(chan string, 16)}
	go c.read(fromRead)
	c.attach()
	return c
}

func (c *Browser) read(r io.Reader) {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes(0)
		c.mu.Lock()
		var m message
		switch {
		case err != nil || json.Unmarshal(line[:len(line)-1], &m) != nil:
			for _, reply := range c.waiting {
				close(reply)
			}
			c.waiting = nil
			c.mu.Unlock()
			return
		case m.ID != 0:
			c.waiting[m.ID] <- m
			delete(c.waiting, m.ID)
		case m.Method == "Page.loadEventFired":
			c.loaded <- struct{}{}
		case m.Method == "Browser.downloadProgress":
			c.downloaded(m.Params)
		default:
			c.events = append(c.events, m)
		}
		c.mu.Unlock()
	}
}

func (c *Browser) downloaded(params json.RawMessage) {
	var progress struct{ State string }
	if json.Unmarshal(params, &progress) == nil && progress.State != "inProgress" {
		c.downloads <- progress.State
	}
}

// limit is how long a browser may take to answer, on a machine that is busy.
const limit = 5 * time.Minute

// Call sends a command and puts the answer into result, which may be nil.
func (c *Browser) Call(method string, params, result any) {
	c.t.Helper()
	c.mu.Lock()
	reply := make(chan message, 1)
	closed := c.waiting == nil
	if !closed {
		c.last++
		c.waiting[c.last] = reply
	}
	data, err := json.Marshal(params)
	if err != nil {
		c.t.Fatal(err)
	}
	line, err := json.Marshal(message{ID: c.last, Session: c.session, Method: method, Params: data})
	if err != nil {
		c.t.Fatal(err)
	}
	c.mu.Unlock()
	if closed {
		c.t.Fatalf("%s: the browser has ended", method)
	}
	if _, err := c.in.Write(append(line, 0)); err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
	select {
	case m, ok := <-reply:
		if !ok {
			c.t.Fatalf("%s: the browser has ended", method)
		}
		if m.Error != nil {
			c.t.Fatalf("%s: %s", method, m.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(m.Result, result); err != nil {
				c.t.Fatalf("%s: %v", method, err)
			}
		}
	case <-time.After(limit):
		c.t.Fatalf("%s: no answer", method)
	}
}

// An Object is one in JSON.
type Object = map[string]any

// attach opens a tab.
func (c *Browser) attach() {
	c.t.Helper()
	var target struct {
		ID string `json:"targetId"`
	}
	c.Call("Target.createTarget", Object{"url": "about:blank"}, &target)
	var attached struct {
		ID string `json:"sessionId"`
	}
	c.Call("Target.attachToTarget", Object{"targetId": target.ID, "flatten": true}, &attached)
	c.session = attached.ID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		c.Call(domain+".enable", Object{}, nil)
	}
}

// Show sets the size of the window and the colours that the user prefers.
func (c *Browser) Show(width, height int, scheme string) {
	c.t.Helper()
	c.Call("Emulation.setDeviceMetricsOverride", Object{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
	c.Call("Emulation.setEmulatedMedia", Object{"features": []Object{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// Open loads a page, and forgets what was before.
func (c *Browser) Open(address string) {
	c.t.Helper()
	c.mu.Lock()
	c.events = nil
	c.mu.Unlock()
	for len(c.loaded) > 0 {
		<-c.loaded
	}
	c.Call("Page.navigate", Object{"url": address}, nil)
	select {
	case <-c.loaded:
	case <-time.After(limit):
		c.t.Fatalf("%s: not loaded", address)
	}
}

// Eval evaluates a script, waits for its promise and puts its value into result.
func (c *Browser) Eval(script string, result any) {
	c.t.Helper()
	var out struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Exception *struct {
			Text      string `json:"text"`
			Exception struct {
				Description string `json:"description"`
			} `json:"exception"`
		} `json:"exceptionDetails"`
	}
	c.Call("Runtime.evaluate", Object{"expression": script, "awaitPromise": true, "returnByValue": true, "userGesture": true}, &out)
	if e := out.Exception; e != nil {
		c.t.Fatalf("%s %s\n%s", e.Text, e.Exception.Description, script)
	}
	if result != nil {
		if err := json.Unmarshal(out.Result.Value, result); err != nil {
			c.t.Fatalf("%v: %s: %s", err, out.Result.Value, script)
		}
	}
}

// Wait waits until a script gives true, which it is asked whenever the page changes.
func (c *Browser) Wait(script string) {
	c.t.Helper()
	c.Eval(`new Promise((done) => {
		const look = () => { if (!(`+script+`)) return false; changes.disconnect(); done(); return true; };
		const changes = new MutationObserver(look);
		changes.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
		look();
	})`, nil)
}

// Choose gives files to the element that a script gives, an input for files.
func (c *Browser) Choose(script string, paths ...string) {
	c.t.Helper()
	var out struct {
		Result struct {
			ID string `json:"objectId"`
		} `json:"result"`
	}
	c.Call("Runtime.evaluate", Object{"expression": script}, &out)
	c.Call("DOM.setFileInputFiles", Object{"files": paths, "objectId": out.Result.ID}, nil)
}

// Drop drags files onto a place of the window, in pixels from its left and its top.
func (c *Browser) Drop(x, y int, paths ...string) {
	c.t.Helper()
	for _, kind := range []string{"dragEnter", "dragOver", "drop"} {
		c.Call("Input.dispatchDragEvent", Object{"type": kind, "x": x, "y": y, "data": Object{"items": []Object{}, "files": paths, "dragOperationsMask": 1}}, nil)
	}
}

// Download runs a script that begins a download, and returns the folder that the file is in
// under its own name.
func (c *Browser) Download(script string) string {
	c.t.Helper()
	dir := c.t.TempDir()
	c.Call("Browser.setDownloadBehavior", Object{"behavior": "allow", "downloadPath": dir, "eventsEnabled": true}, nil)
	c.Eval(script, nil)
	select {
	case state := <-c.downloads:
		if state != "completed" {
			c.t.Fatalf("the download is %s", state)
		}
	case <-time.After(limit):
		c.t.Fatal("no download ended")
	}
	return dir
}

// Close has the browser end, once it has written its logs.
func (c *Browser) Close() {
	c.t.Helper()
	c.Call("Browser.close", Object{}, nil)
	c.cmd.Wait()
}

// keys are what Chromium wants to know of keys that are pressed.
var keys = map[string]Object{
	"Enter": {"key": "Enter", "code": "Enter", "text": "\r", "windowsVirtualKeyCode": 13},
	"Space": {"key": " ", "code": "Space", "text": " ", "windowsVirtualKeyCode": 32},
}

// Press presses a key, one of keys.
func (c *Browser) Press(key string) {
	c.t.Helper()
	for _, kind := range []string{"keyDown", "keyUp"} {
		event := maps.Clone(keys[key])
		event["type"] = kind
		c.Call("Input.dispatchKeyEvent", event, nil)
	}
}

// Screenshot writes a picture of the page from one height to another.
func (c *Browser) Screenshot(path string, top, height int) {
	c.t.Helper()
	var width int
	c.Eval("innerWidth", &width)
	var out struct {
		Data []byte `json:"data"`
	}
	clip := Object{"x": 0, "y": top, "width": width, "height": height, "scale": 1}
	c.Call("Page.captureScreenshot", Object{"format": "png", "captureBeyondViewport": true, "clip": clip}, &out)
	if err := os.WriteFile(path, out.Data, 0o644); err != nil {
		c.t.Fatal(err)
	}
}

// Complaints are what the page printed to the console, exceptions, and what it asked of
// the network beside its own file.
func (c *Browser) Complaints() []string {
	c.Eval("0", nil) // events before it have come
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	requests := 0
	for _, e := range c.events {
		switch e.Method {
		case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded":
			out = append(out, fmt.Sprintf("%s: %.1000s", e.Method, e.Params))
		case "Network.requestWillBeSent":
			if requests++; requests > 1 && !isInside(e.Params) {
				out = append(out, fmt.Sprintf("request: %.300s", e.Params))
			}
		}
	}
	return out
}

// isInside reports whether a request is for what the page itself has made.
func isInside(request json.RawMessage) bool {
	var r struct{ Request struct{ URL string } }
	return json.Unmarshal(request, &r) == nil && strings.HasPrefix(r.Request.URL, "blob:")
}

// Process is the number of the browser's process.
func (c *Browser) Process() int { return c.cmd.Process.Pid }
