# Kairan. Meson knows the build; this file only names the usual ways to call it.
#
#   make         a release build: build/kairan
#   make run     installs what is missing, builds, serves the demo and prints its address
#   make test    installs what is missing, builds with sanitizers, runs every test
#   make bench   measures against bars and nginx (WRITE=1: docs/benchmarks.md), and every page of the desk
#   make fuzz    runs the fuzz targets
#   make lint    clang-tidy, cppcheck, own checks make format  clang-format
#   make install [PREFIX=/usr/local] [DESTDIR=]  make screenshot docs/portal.png

PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60
MESON = meson setup --prefix=$(PREFIX)
ifneq ($(CI),)
STRICT = -Dwerror=true
endif

.PHONY: all build run test bench screenshot fuzz lint format install clean deps deps-test

all: build

build: deps
	@[ -f build/build.ninja ] || $(MESON) build --buildtype=release $(STRICT)
	@ninja -C build && ln -sf src/cli/kairan build/kairan

run: build
	@build/kairan demo $(RUN_FLAGS)

test: deps-test
	@tools/test.sh

bench: deps-test build
	@KAIRAN=build/kairan node bench/run.mjs && KAIRAN=build/kairan node bench/desk.mjs

fuzz: deps-test
	@tools/fuzz.sh $(FUZZ_SECONDS)

lint: deps-test
	@tools/lint.sh

format: deps-test
	@git ls-files 'src/*.[ch]' 'tests/*.[ch]' 'bench/*.[ch]' 'tools/*.[ch]' | xargs clang-format -i

install: build
	@DESTDIR="$(DESTDIR)" meson install -C build

screenshot: deps-test build
	@KAIRAN=build/kairan node tests/browser/screenshot.mjs

deps:
	@tools/deps.sh build

deps-test:
	@tools/deps.sh build test

clean:
	rm -rf build build-test build-fuzz build-clang
