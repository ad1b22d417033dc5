# What the VM runs on the host's root file system: a system that is up as far as mounts go, then /vm/command, then power off.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root VM_OUT=/vm
mount --make-rshared / # as systemd does; kubelet's mounts need it
mount -t tmpfs run /run
mkdir -p /dev/pts /dev/shm /sys/fs/cgroup /run/lock
mount -t devpts devpts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t cgroup2 cgroup2 /sys/fs/cgroup
ip link set lo up
sh /vm/command >/vm/output 2>&1
echo $? >/vm/exit-code
sync
poweroff -f
