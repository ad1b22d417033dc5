# A kernel NFS server in the VM, in a network, mount and UTS namespace of its own: with another host name it presents itself
# as another server, which is what the kernel's NFS client tells servers apart by.
#   sh nfs-server.sh NAME ADDRESS/24 GATEWAY/24 start|stop|again
set -eu
name=$1 address=$2 gateway=$3

inside() { # in the server's network and mount namespace
  nsenter --net="/run/netns/$name" --mount="/run/nfs/$name.mnt" --uts="/run/nfs/$name.uts" "$@"
}

case $4 in
start)
  modprobe -a nfsd nfs nfsv4 veth
  mkdir -p /run/nfs "/srv/$name"
  mount -t tmpfs "$name" "/srv/$name"
  mkdir "/srv/$name/other"
  mount -t tmpfs "$name-other" "/srv/$name/other"
  ip netns add "$name"
  ip link add "to-$name" type veth peer name eth0 netns "$name"
  ip addr add "$gateway" dev "to-$name"
  ip link set "to-$name" up
  # A mount namespace can be kept by a file only where the mount below it is private.
  mountpoint -q /run/nfs || { mount --bind /run/nfs /run/nfs; mount --make-private /run/nfs; }
  : >"/run/nfs/$name.mnt"
  : >"/run/nfs/$name.uts"
  nsenter --net="/run/netns/$name" unshare --mount="/run/nfs/$name.mnt" --uts="/run/nfs/$name.uts" --propagation private true
  inside hostname "$name"
  inside ip link set lo up
  inside ip addr add "$address" dev eth0
  inside ip link set eth0 up
  inside sh -euc '
    mount -t tmpfs state /var/lib/nfs
    mkdir -p /var/lib/nfs/v4recovery /var/lib/nfs/rpc_pipefs
    touch /var/lib/nfs/etab /var/lib/nfs/rmtab /var/lib/nfs/state
    mount -t nfsd nfsd /proc/fs/nfsd
    mkdir -p /run/rpcbind
    {
      echo "/srv/'"$name"' *(rw,no_root_squash,insecure,fsid=0,no_subtree_check)"
      echo "/srv/'"$name"'/other *(rw,no_root_squash,insecure,fsid=1,no_subtree_check)"
    } >/run/nfs/exports
    mount --bind /run/nfs/exports /etc/exports
    exportfs -ra
    # So that clients need not wait for a minute and a half after a restart.
    echo 10 >/proc/fs/nfsd/nfsv4gracetime
    echo 10 >/proc/fs/nfsd/nfsv4leasetime
    rpc.mountd --no-nfs-version 2 --no-nfs-version 3 --no-udp'
  inside rpc.nfsd --no-nfs-version 3 4
  ;;
stop) inside rpc.nfsd 0 ;;
again) inside rpc.nfsd --no-nfs-version 3 4 ;;
esac
