#!/bin/bash
# Builds the guest that the live suites boot: a busybox system with Debian's kernel, made of Debian packages only.
#
#   tiny-guest.sh FOLDER     makes FOLDER/{vmlinuz,initrd,tiny.iso,tiny.raw,tiny.qcow2}; quick when they are up to date
#
# Accounts: root/tiny, user/tiny. Logins on every console there is (tty1, ttyS0, hvc0), DHCP on every card, ACPI power
# button, an HTTP server on port 80, the guest agent. `tiny-install -y` on the ISO writes the system to the first disk.
# The second partition of the disk is labelled TINYDATA, mounted on /srv and survives reboots.
#
# Needs (apt): busybox-static cpio kmod mtools dosfstools syslinux syslinux-common isolinux xorriso grub-efi-amd64-bin
#              grub-common e2fsprogs fdisk qemu-utils binutils openssl
set -euo pipefail
[ $# = 1 ] || { sed -n '2,13p' "$0"; exit 2; }
SELF=$(readlink -f "$0")
mkdir -p "$1"; OUT=$(cd "$1" && pwd)
WORK=$OUT/work
export SOURCE_DATE_EPOCH=1700000000 E2FSPROGS_FAKE_TIME=1700000000 TZ=UTC LC_ALL=C MTOOLS_SKIP_CHECK=1
CMDLINE="quiet mitigations=off no_timer_check tsc=reliable random.trust_cpu=on nokaslr console=tty0 console=ttyS0,115200"

kernel_package=$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image/ {print $2; exit}')
[ -n "$kernel_package" ] || { echo "tiny-guest: apt knows no kernel package; run apt-get update" >&2; exit 1; }
stamp="$kernel_package $(sha256sum <"$SELF" | cut -c1-16)"
exec 9>"$OUT/.lock"; flock 9
if [ "$(cat "$OUT/.stamp" 2>/dev/null)" = "$stamp" ]; then exit 0; fi
rm -rf "$WORK" "$OUT/.stamp"; mkdir -p "$WORK/debs"

# A package's files, unpacked beside us: nothing is installed on this machine.
unpacked() {
  local folder=$WORK/x-$1
  if [ ! -d "$folder" ]; then
    (cd "$WORK/debs" && apt-get download -q "$1" >/dev/null 2>&1) || { echo "tiny-guest: cannot download $1" >&2; exit 1; }
    mkdir -p "$folder"; dpkg -x "$WORK"/debs/"$1"_*.deb "$folder"
  fi
  echo "$folder"
}

KERNEL=$(unpacked "$kernel_package")
VERSION=$(ls "$KERNEL/lib/modules")
depmod -b "$KERNEL" "$VERSION"
cp "$KERNEL/boot/vmlinuz-$VERSION" "$OUT/vmlinuz"

ROOT=$WORK/root
mkdir -p "$ROOT"/{bin,sbin,usr/bin,usr/sbin,dev,proc,sys,run,tmp,root,mnt,srv,dev/pts,var/log,etc/acpi/PWRF,etc/www,lib/x86_64-linux-gnu,lib64}
mkdir -p "$ROOT/lib/modules/$VERSION"
cp "$(unpacked busybox-static)/bin/busybox" "$ROOT/bin/busybox"
for applet in $("$ROOT/bin/busybox" --list-full); do
  mkdir -p "$ROOT/$(dirname "$applet")"
  [ -e "$ROOT/$applet" ] || ln -s /bin/busybox "$ROOT/$applet"
done
for applet in sh init getty login; do [ -e "$ROOT/bin/$applet" ] || ln -s /bin/busybox "$ROOT/bin/$applet"; done

modules="virtio_pci virtio_blk virtio_net virtio_scsi virtio_console virtio_balloon virtio-rng virtio_input button evdev
  ata_piix ata_generic ahci sr_mod sd_mod isofs vfat ext4 crc32c_generic nls_cp437 nls_ascii nls_utf8 nls_iso8859-1 9p 9pnet_virtio
  e1000 e1000e 8139cp 8139too vmxnet3 uhci_hcd ehci_pci xhci_pci usbhid hid-generic usb_storage psmouse i6300esb
  bochs cirrus drm_kms_helper simpledrm virtio-gpu qxl pvpanic tpm_crb tpm_tis"
for module in $modules; do
  modprobe -d "$KERNEL" -S "$VERSION" -D --ignore-install "$module" 2>/dev/null | awk '$1 == "insmod" {print $2}' || true
done | awk '!seen[$0]++' >"$WORK/modules"
while read -r file; do
  file=${file#"$KERNEL"}
  mkdir -p "$ROOT/$(dirname "$file")"; cp "$KERNEL/$file" "$ROOT/$file"
done <"$WORK/modules"
cp "$KERNEL/lib/modules/$VERSION"/modules.{order,builtin} "$ROOT/lib/modules/$VERSION/"
depmod -b "$ROOT" "$VERSION" 2>/dev/null
rm -f "$ROOT/lib/modules/$VERSION"/*.bin "$ROOT/lib/modules/$VERSION"/modules.{symbols,softdep,devname}

# the guest agent with the libraries it names
agent=$(unpacked qemu-guest-agent)
for package in libglib2.0-0 libpcre2-8-0 liburing2 libudev1 libnuma1 libc6; do unpacked "$package" >/dev/null; done
cp "$agent/usr/sbin/qemu-ga" "$ROOT/usr/sbin/"
needed=$(for file in "$agent/usr/sbin/qemu-ga" "$(find "$WORK"/x-libglib2.0-0 -name libglib-2.0.so.0)"; do objdump -p "$file" | awk '$1 == "NEEDED" {print $2}'; done)
for library in $needed; do
  case $library in ld-linux*) continue ;; esac
  found=$(find "$WORK"/x-* -name "$library" | sort); cp -L "${found%%$'\n'*}" "$ROOT/lib/x86_64-linux-gnu/$library"
done
loader=$(find "$WORK"/x-libc6 -name 'ld-linux-x86-64.so.2' | sort); cp -L "${loader%%$'\n'*}" "$ROOT/lib64/"

cat >"$ROOT/init" <<'FILE'
#!/bin/sh
export PATH=/sbin:/usr/sbin:/bin:/usr/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev 2>/dev/null
mkdir -p /dev/pts /dev/shm; mount -t devpts devpts /dev/pts; mount -t tmpfs tmp /tmp; mount -t tmpfs run /run
exec </dev/console >/dev/console 2>&1
exec /sbin/init
FILE
cat >"$ROOT/etc/inittab" <<'FILE'
::sysinit:/etc/rc
::respawn:/sbin/getty -L 115200 console vt100
::ctrlaltdel:/sbin/reboot
::shutdown:/etc/rc.stop
FILE
# Not from inittab: busybox's init resets the console's modes for every child, which breaks a getty that waits there.
cat >"$ROOT/bin/extra-getty" <<'FILE'
#!/bin/sh
active=$(cat /sys/class/tty/console/active 2>/dev/null); active=${active##* }
for tty in tty1 ttyS0 ttyS1 hvc0; do
  [ "$tty" = "$active" ] && continue
  [ "$active" = tty0 ] && [ "$tty" = tty1 ] && continue
  [ -e "/sys/class/tty/$tty" ] || continue
  case $tty in ttyS*) grep -q "^${tty#ttyS}: uart:1" /proc/tty/driver/serial || continue ;; esac
  type=vt100; [ "$tty" = tty1 ] && type=linux
  (while :; do setsid getty -L 115200 "$tty" $type; sleep 1; done) &
done
exec sleep 2147483647
FILE
cat >"$ROOT/etc/rc" <<'FILE'
#!/bin/sh
export PATH=/sbin:/usr/sbin:/bin:/usr/bin
echo 3 >/proc/sys/kernel/printk
hostname tiny; ip link set lo up
# what the present devices ask for; twice, since virtio's buses appear after the first pass
coldplug() { find /sys/devices -name modalias -exec sort -u {} + 2>/dev/null | sort -u | xargs -r modprobe -a -q 2>/dev/null; }
coldplug; coldplug
modprobe -q -a sd_mod sr_mod evdev isofs 2>/dev/null
for word in $(cat /proc/cmdline); do case $word in tiny.hostname=*) hostname "${word#*=}" ;; esac; done
for card in /sys/class/net/e*; do
  [ -e "$card" ] || continue
  card=${card##*/}; ip link set "$card" up
  udhcpc -b -i "$card" -s /etc/udhcpc.sh -x "hostname:$(hostname)" -T 2 -A 5 -t 10 >/dev/null 2>&1 &
done
# the disk may appear later than this runs
(modprobe -q -a crc32c_generic ext4; for try in 1 2 3 4 5 6 7 8 9 10; do
  disk=$(findfs LABEL=TINYDATA 2>/dev/null) && mount "$disk" /srv && break; sleep 1
done) &
acpid -a /etc/acpi/acpid.action -M /etc/acpi/acpid.map -c /etc/acpi 2>/dev/null || acpid 2>/dev/null
for port in /sys/class/virtio-ports/*/name; do
  [ -e "$port" ] && [ "$(cat "$port")" = org.qemu.guest_agent.0 ] || continue
  device=${port%/name}
  qemu-ga -m virtio-serial -p "/dev/${device##*/}" -t /run </dev/null >/dev/null 2>&1 &
done
httpd -p 80 -h /etc/www 2>/dev/null
setsid /bin/extra-getty </dev/null >/dev/null 2>&1 &
echo "tiny: up after $(cut -d' ' -f1 /proc/uptime)s, kernel $(uname -r)" | tee /run/boot-note >/dev/console
FILE
cat >"$ROOT/etc/rc.stop" <<'FILE'
#!/bin/sh
echo "tiny: going down" >/dev/console; umount -a -r 2>/dev/null; sync
FILE
cat >"$ROOT/etc/udhcpc.sh" <<'FILE'
#!/bin/sh
case $1 in
  deconfig) ip addr flush dev "$interface"; ip link set "$interface" up ;;
  bound | renew)
    ip addr flush dev "$interface"; ip addr add "$ip/${mask:-24}" dev "$interface"
    for via in $router; do ip route replace default via "$via" dev "$interface"; break; done
    echo "tiny: $interface has $ip" >/dev/console ;;
esac
FILE
printf '#!/bin/sh\n/sbin/poweroff\n' | tee "$ROOT/etc/acpi/PWRF/00000080" >"$ROOT/etc/acpi/power"
echo '<h1>tiny guest</h1>' >"$ROOT/etc/www/index.html"
password=$(openssl passwd -5 -salt tinysalt tiny)
printf 'root:%s:0:0:root:/root:/bin/sh\nuser:%s:1000:1000:user:/tmp:/bin/sh\n' "$password" "$password" >"$ROOT/etc/passwd"
printf 'root:x:0:\nuser:x:1000:\n' >"$ROOT/etc/group"
printf 'tiny Linux \\r on \\l\n' >"$ROOT/etc/issue"
printf 'console\ntty1\nttyS0\nttyS1\nhvc0\n' >"$ROOT/etc/securetty"
cat >"$ROOT/sbin/tiny-install" <<'FILE'
#!/bin/sh
# tiny-install [-y] [disk]: writes the system that the ISO carries to a disk
sure=; [ "$1" = -y ] && { sure=1; shift; }
disk=$1; [ -n "$disk" ] || for disk in /dev/vda /dev/sda /dev/hda; do [ -b "$disk" ] && break; done
[ -b "$disk" ] || { echo "no disk found"; exit 1; }
[ -n "$sure" ] || { printf 'Install to %s, all data on it is lost. Type yes: ' "$disk"; read -r answer; [ "$answer" = yes ] || exit 1; }
mkdir -p /mnt/cd
for medium in /dev/sr0 /dev/sr1 /dev/vdb /dev/sdb; do
  mount -t iso9660 -o ro "$medium" /mnt/cd 2>/dev/null && [ -e /mnt/cd/disk.img.gz ] && break; umount /mnt/cd 2>/dev/null
done
[ -e /mnt/cd/disk.img.gz ] || { echo "installation medium not found"; exit 1; }
echo "writing the system to $disk ..."; zcat /mnt/cd/disk.img.gz | dd of="$disk" bs=1M 2>/dev/null && sync && echo "tiny-install: finished"
umount /mnt/cd
FILE
chmod 755 "$ROOT"/init "$ROOT"/etc/{rc,rc.stop,udhcpc.sh,acpi/power} "$ROOT/etc/acpi/PWRF/00000080" "$ROOT/bin/extra-getty" "$ROOT/sbin/tiny-install"
find "$ROOT" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
(cd "$ROOT" && find . -print0 | sort -z | cpio --null -o -H newc -R 0:0 --reproducible --quiet) | gzip -n -6 >"$OUT/initrd"

boot_efi() { # a GRUB image with its commands inside; it finds the kernel by name on whatever medium it came from
  printf 'search --no-floppy --set=root --file /vmlinuz\nlinux /vmlinuz %s %s\ninitrd /initrd\nboot\n' "$CMDLINE" "$1" >"$WORK/grub.cfg"
  grub-mkimage -O x86_64-efi -c "$WORK/grub.cfg" -p /EFI/BOOT -o "$WORK/bootx64.efi" part_msdos part_gpt fat iso9660 search search_fs_file linux boot echo all_video efi_gop
}
boot_bios() {
  printf 'SERIAL 0 115200\nDEFAULT tiny\nPROMPT 0\nTIMEOUT 5\nSAY Loading tiny ...\nLABEL tiny\n KERNEL /vmlinuz\n INITRD /initrd\n APPEND %s %s\n' "$CMDLINE" "$1"
}

# the disk: MBR, FAT32 that boots by BIOS (syslinux) and UEFI (GRUB), ext4 TINYDATA
boot_efi tiny.disk=1
mib=$(( ($(stat -c %s "$OUT/vmlinuz") + $(stat -c %s "$OUT/initrd") + $(stat -c %s "$WORK/bootx64.efi")) / 1048576 + 12 ))
[ "$mib" -ge 40 ] || mib=40
truncate -s "${mib}M" "$WORK/p1"; mkfs.vfat -F 32 -s 1 -h 2048 -i 74696e79 -n TINYBOOT --invariant "$WORK/p1" >/dev/null
boot_bios tiny.disk=1 >"$WORK/syslinux.cfg"
mmd -i "$WORK/p1" ::/EFI ::/EFI/BOOT
mcopy -i "$WORK/p1" "$OUT/vmlinuz" "$OUT/initrd" "$WORK/syslinux.cfg" ::/
mcopy -i "$WORK/p1" "$WORK/bootx64.efi" ::/EFI/BOOT/BOOTX64.EFI
syslinux --install "$WORK/p1"
truncate -s 16M "$WORK/p2"; mkdir "$WORK/data"; echo 1 >"$WORK/data/generation"
mke2fs -q -t ext4 -O ^has_journal -L TINYDATA -U 74696e79-0000-4000-8000-000000000001 -d "$WORK/data" "$WORK/p2"
truncate -s "$((1 + mib + 16))M" "$OUT/tiny.raw"
printf 'label: dos\nlabel-id: 0x74696e79\nstart=2048, size=%d, type=c, bootable\nstart=%d, size=%d, type=83\n' $((mib * 2048)) $((2048 + mib * 2048)) $((16 * 2048)) | sfdisk -q "$OUT/tiny.raw"
dd if=/usr/lib/syslinux/mbr/mbr.bin of="$OUT/tiny.raw" conv=notrunc bs=440 count=1 status=none
dd if="$WORK/p1" of="$OUT/tiny.raw" bs=1M seek=1 conv=notrunc,sparse status=none
dd if="$WORK/p2" of="$OUT/tiny.raw" bs=1M seek=$((1 + mib)) conv=notrunc,sparse status=none
rm -f "$OUT/tiny.qcow2"; qemu-img convert -O qcow2 "$OUT/tiny.raw" "$OUT/tiny.qcow2"

# the ISO: boots by BIOS and UEFI, carries the disk for tiny-install
boot_efi tiny.cd=1
DISC=$WORK/disc; mkdir -p "$DISC/isolinux"
cp "$OUT/vmlinuz" "$OUT/initrd" "$DISC/"; gzip -n -1 <"$OUT/tiny.raw" >"$DISC/disk.img.gz"
cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$DISC/isolinux/"; boot_bios tiny.cd=1 >"$DISC/isolinux/isolinux.cfg"
truncate -s "$(( $(stat -c %s "$WORK/bootx64.efi") / 1048576 + 2 ))M" "$DISC/isolinux/efi.img"
mkfs.vfat -i 74696e79 --invariant "$DISC/isolinux/efi.img" >/dev/null
mmd -i "$DISC/isolinux/efi.img" ::/EFI ::/EFI/BOOT; mcopy -i "$DISC/isolinux/efi.img" "$WORK/bootx64.efi" ::/EFI/BOOT/BOOTX64.EFI
xorriso -as mkisofs -quiet -V TINY -o "$OUT/tiny.iso" -J -r -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table \
  -isohybrid-mbr /usr/lib/ISOLINUX/isohdpfx.bin -eltorito-alt-boot -e isolinux/efi.img -no-emul-boot "$DISC" 2>/dev/null
rm -rf "$WORK"
echo "$stamp" >"$OUT/.stamp"
