#!/bin/sh
# Installs what is missing to build ("build") and to test ("test"). On Debian and its children by apt-get; elsewhere it
# lists what to install. Finds out by the files that the build needs, so that nothing happens where all is there.
#
#   tools/deps.sh build [test]
set -eu
cd "$(dirname "$0")/.."

DEBIAN_BUILD="meson ninja-build pkg-config libc6-dev libmicrohttpd-dev libsqlite3-dev libcmark-gfm-dev
libcmark-gfm-extensions-dev libgumbo-dev libxml2-dev libyaml-dev libjansson-dev libutf8proc-dev libstemmer-dev
libsodium-dev nettle-dev libqrencode-dev libfido2-dev libgmime-3.0-dev zlib1g-dev libbrotli-dev libcurl4-openssl-dev
libvips-dev libseccomp-dev"
DEBIAN_TEST="libcmocka-dev clang clang-tidy clang-format libclang-rt-14-dev llvm cppcheck chromium fonts-noto-cjk curl
libxml2-utils mandoc nginx-light wrk sqlite3 procps mecab mecab-ipadic-utf8"

elsewhere() {
	cat >&2 <<TEXT
Kairan needs a few libraries, and this system has no apt-get to install them with. Please install, then call make again:

  Fedora:  dnf install meson ninja-build gcc pkgconf libmicrohttpd-devel sqlite-devel cmark-gfm-devel gumbo-parser-devel
           libxml2-devel libyaml-devel jansson-devel utf8proc-devel libstemmer-devel libsodium-devel zlib-devel
           brotli-devel nettle-devel qrencode-devel libfido2-devel gmime30-devel libcurl-devel vips-devel
           libseccomp-devel
  Arch:    pacman -S meson gcc pkgconf libmicrohttpd sqlite cmark-gfm gumbo-parser libxml2 libyaml jansson libutf8proc
           snowball libsodium zlib brotli nettle qrencode libfido2 gmime3 curl libvips libseccomp
  Alpine:  apk add meson gcc musl-dev pkgconf libmicrohttpd-dev sqlite-dev cmark-gfm-dev gumbo-parser-dev libxml2-dev
           yaml-dev jansson-dev utf8proc-dev snowball-dev libsodium-dev zlib-dev brotli-dev
           nettle-dev libqrencode-dev libfido2-dev gmime-dev curl-dev vips-dev libseccomp-dev
  FreeBSD: pkg install meson pkgconf libmicrohttpd sqlite3 cmark-gfm gumbo libxml2 libyaml jansson utf8proc snowball
           libsodium brotli nettle libqrencode libfido2 gmime30 curl vips
  OpenBSD: pkg_add meson libmicrohttpd sqlite3 cmark-gfm gumbo libxml libyaml jansson utf8proc snowball libsodium brotli
           nettle libqrencode libfido2 gmime30 curl vips
  NetBSD:  pkgin install meson pkgconf libmicrohttpd sqlite3 cmark-gfm gumbo-parser libxml2 libyaml jansson utf8proc
           snowball libsodium brotli nettle qrencode libfido2 gmime3 curl vips

For the tests also: cmocka, clang with its tools, cppcheck, Node.js 18 or later with npm, Chromium, Noto CJK fonts, curl,
xmllint, mandoc, nginx, wrk.
TEXT
	exit 1
}

# The packages among $@ that are not there.
missing() {
	for package in "$@"; do
		dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
	done
}

# Without dpkg: is all that the build asks for there?
found_without_dpkg() {
	command -v meson >/dev/null && command -v ninja >/dev/null &&
		pkg-config --exists libmicrohttpd sqlite3 libcmark-gfm gumbo libxml-2.0 yaml-0.1 jansson libutf8proc libsodium nettle libqrencode libfido2 gmime-3.0 libcurl vips \
			zlib \
			libbrotlienc
}

if ! command -v apt-get >/dev/null 2>&1; then
	found_without_dpkg || elsewhere
	exit 0
fi

wanted=$DEBIAN_BUILD
case " $* " in *" test "*)
	wanted="$wanted $DEBIAN_TEST"
	# Any Node.js of 18 or later will do; Debian's comes with an npm of its own.
	command -v node >/dev/null 2>&1 || wanted="$wanted nodejs"
	command -v npm >/dev/null 2>&1 || wanted="$wanted npm" ;;
esac
# shellcheck disable=SC2086 # a list of words
needed=$(missing $wanted)
if [ -n "$needed" ]; then
	sudo=
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null 2>&1 || {
			echo "Please install, as root, then call make again:" >&2
			echo "  apt-get install" $needed >&2
			exit 1
		}
		sudo=sudo
	fi
	echo "installing:" $needed >&2
	export DEBIAN_FRONTEND=noninteractive
	# shellcheck disable=SC2086
	install() { $sudo apt-get install -y -q --no-install-recommends $needed >/dev/null; }
	install 2>/dev/null || { $sudo apt-get update -q >/dev/null && install; }
fi
case " $* " in *" test "*)
	if [ -f tests/package-lock.json ] && [ ! tests/node_modules/.package-lock.json -nt tests/package-lock.json ]; then
		(cd tests && npm ci --no-audit --no-fund --silent)
	fi ;;
esac
