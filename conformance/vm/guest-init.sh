#!/bin/busybox sh
# First program of the VM (see run-in-vm.ts): puts the host's own root file system, read-only and under a layer that forgets
# what is written to it, in place of the initial one, and hands over to guest-main.sh. /modules holds the kernel modules to
# load, in this order: virtio_ring before virtio, or 9p answers EINVAL.
bb=/bin/busybox
give_up() { $bb echo "guest: $1"; $bb poweroff -f; }

$bb mount -t proc proc /proc
$bb mount -t sysfs sysfs /sys
$bb mount -t devtmpfs devtmpfs /dev
for module in $($bb cat /modules/order); do
  $bb insmod "/modules/$module.ko" || $bb echo "guest: module $module was not loaded"
done

nine=trans=virtio,version=9p2000.L,msize=512000
$bb mount -t 9p -o "ro,cache=loose,$nine" host /lower || give_up 'no root file system of the host'
$bb mount -t tmpfs -o size=80% upper /layer
$bb mkdir /layer/upper /layer/work
$bb mount -t overlay -o lowerdir=/lower,upperdir=/layer/upper,workdir=/layer/work root /root-new || give_up 'no overlay'
for directory in proc sys dev; do $bb mount --move "/$directory" "/root-new/$directory"; done
$bb mkdir -p /root-new/vm
$bb mount -t 9p -o "rw,$nine" out /root-new/vm || give_up 'no directory for results'
exec $bb switch_root /root-new /bin/sh /vm/guest-main.sh </dev/console >/dev/console 2>&1
