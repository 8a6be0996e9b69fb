// vegeta's library, told a plan of attacks that go on beside each other: ORIGIN PLAN, the latter a list of
// attacks as JSON. Prints what each came to. Its command knows one attack at a time.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

type attack struct {
	Name   string            `json:"name"`
	Method string            `json:"method"`
	Path   string            `json:"path"`
	Header map[string]string `json:"header"`
	Body   string            `json:"body"`
	// All at once, each on a connection of its own.
	Requests int `json:"requests"`
	// Again after so long, until the attacks without it have ended.
	EverySeconds float64 `json:"everySeconds"`
}

type outcome struct {
	// Statuses, with "with Retry-After" behind those that have it, and how many there were of each.
	Answers map[string]int `json:"answers"`
	Errors  []string       `json:"errors"`
	P50     float64        `json:"p50Ms"`
	P99     float64        `json:"p99Ms"`
	// Seconds from the first request of all attacks until the last answer of this one with status 200.
	LastDrawn float64 `json:"lastDrawnSeconds"`
	// Connections that were open at once.
	Connections int64 `json:"connections"`
}

func main() {
	var plan []attack
	if err := json.Unmarshal([]byte(os.Args[2]), &plan); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(run(os.Args[1], plan))
}

func run(origin string, plan []attack) map[string]outcome {
	var all, ending sync.WaitGroup
	var over atomic.Bool
	var lock sync.Mutex
	outcomes := map[string]outcome{}
	start := time.Now()
	for _, one := range plan {
		all.Add(1)
		if one.EverySeconds == 0 {
			ending.Add(1)
		}
		go func() {
			defer all.Done()
			came := one.run(origin, start, &over)
			lock.Lock()
			outcomes[one.Name] = came
			lock.Unlock()
			if one.EverySeconds == 0 {
				ending.Done()
			}
		}()
	}
	ending.Wait()
	over.Store(true)
	all.Wait()
	return outcomes
}

func (a attack) run(origin string, start time.Time, over *atomic.Bool) outcome {
	header := http.Header{}
	for name, value := range a.Header {
		header.Set(name, value)
	}
	target := vegeta.Target{Method: a.Method, URL: origin + a.Path, Header: header, Body: []byte(a.Body)}
	pool := newPool(a.Requests)
	attacker := vegeta.NewAttacker(
		vegeta.Client(&http.Client{Transport: pool.transport, Timeout: 5 * time.Minute}),
		vegeta.Workers(uint64(a.Requests)))
	var metrics vegeta.Metrics
	came := outcome{Answers: map[string]int{}}
	for result := range attacker.Attack(vegeta.NewStaticTargeter(target), bursts{a, over}, 0, a.Name) {
		metrics.Add(result)
		if result.Code == 200 {
			came.LastDrawn = max(came.LastDrawn, result.End().Sub(start).Seconds())
		}
		if result.Code != 0 {
			came.Answers[nameOf(result)]++
		}
	}
	metrics.Close()
	came.Errors = metrics.Errors
	came.P50 = float64(metrics.Latencies.P50) / float64(time.Millisecond)
	came.P99 = float64(metrics.Latencies.P99) / float64(time.Millisecond)
	came.Connections = pool.most.Load()
	return came
}

// An attack's own pace: all its requests at once, once or again and again.
type bursts struct {
	attack
	over *atomic.Bool
}

func (b bursts) Pace(elapsed time.Duration, hits uint64) (time.Duration, bool) {
	round := hits / uint64(b.Requests)
	if round > 0 && (b.EverySeconds == 0 || b.over.Load()) {
		return 0, true
	}
	due := time.Duration(float64(round) * b.EverySeconds * float64(time.Second))
	return max(0, due-elapsed), false
}

func (b bursts) Rate(time.Duration) float64 { return float64(b.Requests) }

func nameOf(result *vegeta.Result) string {
	name := fmt.Sprint(result.Code)
	if result.Headers.Get("Retry-After") != "" {
		name += " with Retry-After"
	}
	return name
}

// Connections of which the first request waits until all of them are open.
type pool struct {
	transport  *http.Transport
	open, most atomic.Int64
}

type counted struct {
	net.Conn
	pool *pool
	once sync.Once
}

func (c *counted) Close() error {
	c.once.Do(func() { c.pool.open.Add(-1) })
	return c.Conn.Close()
}

func newPool(size int) *pool {
	p := &pool{}
	full := make(chan struct{})
	var dialled atomic.Int64
	dialer := net.Dialer{Timeout: time.Minute}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		connection, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		p.most.Store(max(p.most.Load(), p.open.Add(1)))
		if dialled.Add(1) == int64(size) {
			close(full)
		}
		select {
		case <-full:
		case <-ctx.Done():
		case <-time.After(20 * time.Second):
		}
		return &counted{Conn: connection, pool: p}, nil
	}
	p.transport = &http.Transport{DialContext: dial, MaxIdleConnsPerHost: size}
	return p
}
