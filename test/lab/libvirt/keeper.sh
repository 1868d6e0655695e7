# Run by `unshare` as the first process of a lab: it makes the lab's view of the machine and holds it for as long as its
# standard input is open. With it everything in the lab ends: that is what the first process of a process namespace does.
# bash, since it also reaps children that are not its own: libvirt waits for the processes that it ends.
#
#   keeper.sh FOLDER [lxc] [network] [name=HOST]
set -e
folder=$1
shift
for word in "$@"; do
  case $word in
    network)
      # the folder of network cards in /sys belongs to the network namespace that it was mounted in
      mount --rbind /sys/fs/cgroup "$folder/cgroup"
      mount -t sysfs sysfs /sys
      mount --rbind "$folder/cgroup" /sys/fs/cgroup
      umount --lazy --recursive "$folder/cgroup"
      ip link set lo up
      ;;
    lxc)
      # libvirt's containers do not start where both versions of control groups are mounted
      if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi
      # control groups have no namespace that hides them from other labs: each folder is replaced by one below it
      for group in /sys/fs/cgroup/*/; do
        [ "$(stat -f -c %T "$group")" = cgroupfs ] || continue
        own=$group/$(basename "$folder")
        mkdir -p "$own"
        for set in cpuset.cpus cpuset.mems; do
          if [ -e "$own/$set" ]; then cat "$group/$set" >"$own/$set"; fi
        done
        mount --bind "$own" "$group"
      done
      ;;
    name=*)
      hostname "${word#name=}"
      printf '127.0.0.1 localhost %s\n' "${word#name=}" >"$folder/hosts"
      mount --bind "$folder/hosts" /etc/hosts
      ;;
  esac
done
for pair in etc:/etc/libvirt sasl:/etc/sasl2 lib:/var/lib/libvirt cache:/var/cache/libvirt log:/var/log/libvirt run:/run; do
  mount --bind "$folder/${pair%%:*}" "${pair#*:}"
done
echo ready
while read -r _; do :; done

# the suite may have been killed: nobody else is left to clear up
cd /
kill -KILL -1 || :
umount --lazy /etc/libvirt /etc/sasl2 /var/lib/libvirt /var/cache/libvirt /var/log/libvirt /run
case $(basename "$folder") in
  lv-*)
    # those that were killed may still be writing their last
    for _ in {1..50}; do
      rm -rf --one-file-system "$folder" && break
      sleep 0.1
    done
    ;;
esac
