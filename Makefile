# Keiin. `make run` and `make test` are all a newcomer needs; the rest is for developers.
DATA ?= data
LISTEN ?= 127.0.0.1:8443
BUILD := build

.PHONY: run build test bench fuzz lint format asan tsan clean

run: build
	$(BUILD)/keiin serve --data $(DATA) --listen $(LISTEN)

build: $(BUILD)/.deps $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet

$(BUILD)/.deps: tools/packages.txt
	@tools/deps.sh build run
	@mkdir -p $(BUILD) && touch $@

$(BUILD)/build.ninja: $(BUILD)/.deps
	meson setup $(BUILD) --buildtype=release -Db_ndebug=false

test: build
	@tools/deps.sh test
	@/usr/bin/python3 tests/run.py

bench: build
	@tools/deps.sh test bench
	@/usr/bin/python3 bench/run.py

# The whole unit suite under AddressSanitizer + UndefinedBehaviorSanitizer, and the concurrent parts under ThreadSanitizer.
asan:
	@test -d build-asan || meson setup build-asan -Db_sanitize=address,undefined -Db_lundef=false
	@ninja -C build-asan --quiet && meson test -C build-asan --print-errorlogs

tsan:
	@test -d build-tsan || CC=clang meson setup build-tsan -Db_sanitize=thread -Db_lundef=false
	@ninja -C build-tsan --quiet && meson test -C build-tsan --suite concurrent --print-errorlogs

fuzz: build
	@tools/deps.sh test
	@tests/fuzz/run.sh

lint:
	@/usr/bin/python3 tools/depcheck.py
	@clang-format --dry-run -Werror $$(git ls-files '*.c' '*.h')

format:
	@clang-format -i $$(git ls-files '*.c' '*.h')

clean:
	rm -rf build build-asan build-tsan
