// Command bench-client calls a CSI plugin as fast as it answers and prints, as JSON, how fast that was. It is compiled,
// so that the client costs little beside the server that is measured.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

type options struct {
	socket, method, targets, volume string
	calls, callers                  int
	newConnection                   bool
	seconds, again                  float64
	context, parameters             map[string]string
}

type result struct {
	Calls      int     `json:"calls"`
	Failed     int     `json:"failed"`
	FirstError string  `json:"firstError,omitempty"`
	Seconds    float64 `json:"seconds"`
	PerSecond  float64 `json:"perSecond"`
	P50Ms      float64 `json:"p50Ms"`
	P99Ms      float64 `json:"p99Ms"`
	MaxMs      float64 `json:"maxMs"`
}

func main() {
	var o options
	flag.StringVar(&o.socket, "socket", "", "the plugin's socket")
	flag.StringVar(&o.method, "method", "probe", "probe, publish, publish-again, publish-cycle or create")
	flag.StringVar(&o.targets, "targets", "", "directory for target paths")
	flag.StringVar(&o.volume, "volume", "", "volume id to publish, with a verb such as %d for the caller's number")
	flag.IntVar(&o.calls, "calls", 1000, "calls in all")
	flag.IntVar(&o.callers, "callers", 1, "callers at a time")
	flag.BoolVar(&o.newConnection, "new-connection", false, "connect for each call, as kubelet does")
	flag.Float64Var(&o.seconds, "seconds", 0, "stop after this time even if calls are left")
	flag.Float64Var(&o.again, "again-for", 0, "ask again for so many seconds where a create fails, a second apart")
	volumeContext := flag.String("context", "{}", "volume context, JSON")
	parameters := flag.String("parameters", "{}", "parameters of CreateVolume, JSON")
	flag.Parse()
	for text, into := range map[string]*map[string]string{*volumeContext: &o.context, *parameters: &o.parameters} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			exit(err)
		}
	}
	measured, err := measure(o)
	if err != nil {
		exit(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(measured); err != nil {
		exit(err)
	}
}

func exit(err error) {
	fmt.Fprintln(os.Stderr, "bench-client:", err)
	os.Exit(1)
}

func dial(o options) (*grpc.ClientConn, error) {
	return grpc.NewClient("unix://"+o.socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
}

// measure lets all callers take turns at the calls that are left. Each caller has a target path of its own.
func measure(o options) (result, error) {
	shared, err := dial(o)
	if err != nil {
		return result{}, err
	}
	defer shared.Close()
	var taken atomic.Int64
	var lock sync.Mutex
	var times []time.Duration
	var failed int
	var firstError string
	var group sync.WaitGroup
	for caller := range o.callers {
		if err := prepare(o, shared, caller); err != nil {
			return result{}, err
		}
	}
	start := time.Now()
	for caller := range o.callers {
		group.Go(func() {
			for {
				number := taken.Add(1)
				late := o.seconds > 0 && time.Since(start).Seconds() > o.seconds
				if number > int64(o.calls) || late {
					return
				}
				took, err := timed(o, shared, caller, number)
				lock.Lock()
				times = append(times, took)
				if err != nil {
					failed++
					if firstError == "" {
						firstError = err.Error()
					}
				}
				lock.Unlock()
			}
		})
	}
	group.Wait()
	seconds := time.Since(start).Seconds()
	for caller := range o.callers {
		if err := cleanUp(o, shared, caller); err != nil {
			return result{}, err
		}
	}
	sort.Slice(times, func(a, b int) bool { return times[a] < times[b] })
	at := func(share float64) float64 {
		return float64(times[int(share*float64(len(times)-1))].Microseconds()) / 1000
	}
	return result{
		Calls: len(times), Failed: failed, FirstError: firstError,
		Seconds: seconds, PerSecond: float64(len(times)) / seconds,
		P50Ms: at(0.5), P99Ms: at(0.99), MaxMs: at(1),
	}, nil
}

// timed measures one call. A publish stays, one for each number. Of a publish-cycle that is the publish alone; the unpublish counts in the rate only.
func timed(o options, conn *grpc.ClientConn, caller int, number int64) (time.Duration, error) {
	patience := time.Minute + time.Duration(o.again*float64(time.Second))
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	start := time.Now()
	if o.newConnection {
		fresh, err := dial(o)
		if err != nil {
			return 0, err
		}
		defer fresh.Close()
		conn = fresh
	}
	var err error
	switch o.method {
	case "probe":
		_, err = csi.NewIdentityClient(conn).Probe(ctx, &csi.ProbeRequest{})
	case "create":
		err = create(ctx, o, conn, number)
	case "publish":
		err = publish(ctx, o, conn, int(number))
	default:
		err = publish(ctx, o, conn, caller)
	}
	took := time.Since(start)
	if err == nil && o.method == "publish-cycle" {
		err = unpublish(ctx, o, conn, caller)
	}
	return took, err
}

func prepare(o options, conn *grpc.ClientConn, caller int) error {
	if o.method != "publish-again" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return publish(ctx, o, conn, caller)
}

func cleanUp(o options, conn *grpc.ClientConn, caller int) error {
	if o.method != "publish-again" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return unpublish(ctx, o, conn, caller)
}

// create asks until it is made, as a provisioner does; the time is that of all tries together.
func create(ctx context.Context, o options, conn *grpc.ClientConn, number int64) error {
	start := time.Now()
	for {
		_, err := csi.NewControllerClient(conn).CreateVolume(ctx, createRequest(o, number))
		if err == nil || time.Since(start).Seconds() >= o.again || ctx.Err() != nil {
			return err
		}
		time.Sleep(time.Second)
	}
}

func targetOf(o options, caller int) (volume, path string) {
	name := fmt.Sprintf("volume-%d-%d", os.Getpid(), caller)
	volume = name
	if o.volume != "" {
		volume = fmt.Sprintf(o.volume, caller)
	}
	return volume, filepath.Join(o.targets, name, "mount")
}

func publish(ctx context.Context, o options, conn *grpc.ClientConn, caller int) error {
	volume, path := targetOf(o, caller)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	_, err := csi.NewNodeClient(conn).NodePublishVolume(ctx, &csi.NodePublishVolumeRequest{
		VolumeId: volume, TargetPath: path, VolumeContext: o.context, VolumeCapability: capability(),
	})
	return err
}

func unpublish(ctx context.Context, o options, conn *grpc.ClientConn, caller int) error {
	volume, path := targetOf(o, caller)
	_, err := csi.NewNodeClient(conn).NodeUnpublishVolume(ctx, &csi.NodeUnpublishVolumeRequest{
		VolumeId: volume, TargetPath: path,
	})
	return err
}

func createRequest(o options, number int64) *csi.CreateVolumeRequest {
	return &csi.CreateVolumeRequest{
		Name:               fmt.Sprintf("pvc-%d-%d", os.Getpid(), number),
		CapacityRange:      &csi.CapacityRange{RequiredBytes: 1 << 40},
		Parameters:         o.parameters,
		VolumeCapabilities: []*csi.VolumeCapability{capability()},
	}
}

func capability() *csi.VolumeCapability {
	return &csi.VolumeCapability{
		AccessType: &csi.VolumeCapability_Mount{Mount: &csi.VolumeCapability_MountVolume{}},
		AccessMode: &csi.VolumeCapability_AccessMode{Mode: csi.VolumeCapability_AccessMode_MULTI_NODE_MULTI_WRITER},
	}
}
