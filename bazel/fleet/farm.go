package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
)

// A worker is Bazel's remote worker, compiled.
type worker struct{ classpath string }

// builtBazel has the classes of Debian's Bazel, of which the worker is a part.
const builtBazel = "/usr/share/bazel/A-server.jar"

// compileWorker compiles the worker's source.
func compileWorker(dir string) (*worker, error) {
	source, err := runfiles.Find("bazel_source/usr")
	if err != nil {
		return nil, err
	}
	args := []string{"-nowarn", "-proc:none", "-cp", builtBazel, "-d", filepath.Join(dir, "classes")}
	err = filepath.WalkDir(source, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".java") {
			args = append(args, path)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if out, err := exec.Command("javac", args...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("javac: %w\n%s", err, out)
	}
	return &worker{filepath.Join(dir, "classes") + ":" + builtBazel}, nil
}

// A farm is two workers with one store, and one address for both: each new connection
// leads to the next worker that is up.
type farm struct {
	address        string
	listener       net.Listener
	workers        []*exec.Cmd
	ports          []string
	busy           [2]atomic.Int64 // bytes to each worker
	sent, received atomic.Int64    // bytes, seen from the client
	next           atomic.Int64
	stopped        sync.Once
}

func startFarm(w *worker, dir string) (*farm, error) {
	f := &farm{}
	store := filepath.Join(dir, "store")
	if err := os.MkdirAll(store, 0o777); err != nil {
		return nil, err
	}
	for i := range 2 {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		work := filepath.Join(dir, fmt.Sprint("work", i))
		if err := os.Mkdir(work, 0o777); err != nil {
			return nil, err
		}
		cmd := exec.Command("java", "-cp", w.classpath, "com.google.devtools.build.remote.worker.RemoteWorker",
			"--work_path="+work, "--cas_path="+store, "--listen_port="+port, "--jobs=1")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
		if err := cmd.Start(); err != nil {
			return nil, err
		}
		f.workers, f.ports = append(f.workers, cmd), append(f.ports, port)
	}
	for _, port := range f.ports {
		if err := awaitPort(port); err != nil {
			f.stop()
			return nil, err
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.stop()
		return nil, err
	}
	f.listener, f.address = listener, listener.Addr().String()
	go f.serve()
	return f, nil
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

func awaitPort(port string) error {
	var err error
	for range 300 {
		var c net.Conn
		if c, err = net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			return c.Close()
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}

func (f *farm) serve() {
	for {
		client, err := f.listener.Accept()
		if err != nil {
			return
		}
		go f.connect(client)
	}
}

// connect joins a client to a worker until one of them ends.
func (f *farm) connect(client net.Conn) {
	defer client.Close()
	for range f.ports {
		i := int(f.next.Add(1)) % len(f.ports)
		server, err := net.Dial("tcp", "127.0.0.1:"+f.ports[i])
		if err != nil {
			continue
		}
		defer server.Close()
		done := make(chan struct{}, 2)
		go pipe(counted{server, &f.busy[i]}, client, &f.sent, done)
		go pipe(client, server, &f.received, done)
		<-done
		return
	}
}

func pipe(to io.Writer, from io.Reader, count *atomic.Int64, done chan<- struct{}) {
	io.Copy(counted{to, count}, from)
	done <- struct{}{}
}

type counted struct {
	to    io.Writer
	count *atomic.Int64
}

func (c counted) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.count.Add(int64(n))
	return n, err
}

// killHalfWay kills a worker, and all that it runs, when half of the results are in the store.
func (f *farm) killHalfWay(actions int) func() error {
	return func() error {
		store := strings.TrimPrefix(f.workers[0].Args[5], "--cas_path=")
		for range 6000 {
			if results(filepath.Join(store, "ac")) >= actions/2 {
				return syscall.Kill(-f.workers[0].Process.Pid, syscall.SIGKILL)
			}
			time.Sleep(50 * time.Millisecond)
		}
		return errors.New("half of the results never came")
	}
}

// results counts the files in a folder, at any depth. It may be written to meanwhile.
func results(dir string) int {
	n := 0
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			n++
		}
		return nil
	})
	return n
}

// processorTime is that of both workers and all that they ran.
func (f *farm) processorTime() time.Duration {
	sum := time.Duration(0)
	for _, w := range f.workers {
		data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", w.Process.Pid))
		if err != nil {
			continue
		}
		fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+1:]))
		for _, ticks := range fields[11:15] { // utime, stime, cutime, cstime, in hundredths of a second
			n := 0
			fmt.Sscan(ticks, &n)
			sum += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return sum
}

func (f *farm) stop() {
	f.stopped.Do(func() {
		if f.listener != nil {
			f.listener.Close()
		}
		for _, w := range f.workers {
			syscall.Kill(-w.Process.Pid, syscall.SIGKILL)
			w.Wait()
		}
	})
}
