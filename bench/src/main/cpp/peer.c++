// The C++ side of the RPC benchmarks, on stock libcapnp: what dev.bailiwick.bench.rpc.Peer is in Java.
//
//   peer serve SOCKET        serves a Bench; prints "ready", runs until killed
//   peer drive SOCKET        reads commands from standard input, prints the nanoseconds each took:
//     small DEPTH COUNT        COUNT small calls, so many of them outstanding
//     blob BYTES COUNT         COUNT calls that return so many bytes, one after another
//   peer raw-serve SOCKET    answers every 48 bytes with 680, without any RPC
//   peer raw-drive SOCKET    as drive, with the command
//     raw 0 COUNT              COUNT such round trips

#include "bench.capnp.h"
#include <capnp/ez-rpc.h>
#include <chrono>
#include <cstring>
#include <iostream>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

namespace {

constexpr size_t QUESTION_BYTES = 48;
constexpr size_t ANSWER_BYTES = 680;

class BenchServer final : public Bench::Server {
 public:
  kj::Promise<void> small(SmallContext context) override {
    context.getResults().setNumber(context.getParams().getNumber());
    return kj::READY_NOW;
  }

  kj::Promise<void> blob(BlobContext context) override {
    size_t bytes = context.getParams().getBytes();
    if (content.size() != bytes) content.assign(bytes, 7);
    context.getResults(capnp::MessageSize{bytes / 8 + 16, 0}).setData(kj::arrayPtr(content.data(), bytes));
    return kj::READY_NOW;
  }

 private:
  std::vector<kj::byte> content;
};

void fail(const char* what) {
  perror(what);
  exit(1);
}

int serve(kj::StringPtr address) {
  capnp::EzRpcServer server(kj::heap<BenchServer>(), address);
  auto& scope = server.getWaitScope();
  server.getPort().wait(scope);
  std::cout << "ready" << std::endl;
  kj::NEVER_DONE.wait(scope);
}

void small(Bench::Client& bench, kj::WaitScope& scope, long depth, long count) {
  std::vector<kj::Maybe<capnp::RemotePromise<Bench::SmallResults>>> outstanding(depth);
  for (long i = 0; i < count + depth; i++) {
    auto& slot = outstanding[i % depth];
    KJ_IF_MAYBE(promise, slot) {
      if (promise->wait(scope).getNumber() != static_cast<uint64_t>(i - depth)) fail("wrong answer");
      slot = nullptr;
    }
    if (i < count) {
      auto request = bench.smallRequest();
      request.setNumber(i);
      request.setText("hello");
      slot = request.send();
    }
  }
}

void blob(Bench::Client& bench, kj::WaitScope& scope, long bytes, long count) {
  for (long i = 0; i < count; i++) {
    auto request = bench.blobRequest();
    request.setBytes(bytes);
    auto response = request.send().wait(scope);
    if (response.getData().size() != static_cast<size_t>(bytes) || response.getData()[bytes - 1] != 7) fail("wrong data");
  }
}

template <typename Action>
void timed(Action action) {
  auto start = std::chrono::steady_clock::now();
  action();
  auto took = std::chrono::steady_clock::now() - start;
  std::cout << std::chrono::duration_cast<std::chrono::nanoseconds>(took).count() << std::endl;
}

int drive(kj::StringPtr address) {
  capnp::ReaderOptions options;
  options.traversalLimitInWords = 1ull << 40;
  capnp::EzRpcClient client(address, 0, options);
  auto& scope = client.getWaitScope();
  Bench::Client bench = client.getMain<Bench>();
  std::string command;
  long size, count;
  while (std::cin >> command >> size >> count) {
    if (command == "small") timed([&]() { small(bench, scope, size, count); });
    if (command == "blob") timed([&]() { blob(bench, scope, size, count); });
  }
  return 0;
}

sockaddr_un named(const char* path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
  return address;
}

bool readFully(int descriptor, size_t bytes) {
  char buffer[ANSWER_BYTES];
  while (bytes > 0) {
    ssize_t got = read(descriptor, buffer, bytes);
    if (got <= 0) return false;
    bytes -= got;
  }
  return true;
}

int rawServe(const char* path) {
  auto address = named(path);
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) fail("bind");
  if (listen(listener, 8) != 0) fail("listen");
  std::cout << "ready" << std::endl;
  char answer[ANSWER_BYTES] = {};
  for (;;) {
    int peer = accept(listener, nullptr, nullptr);
    while (readFully(peer, QUESTION_BYTES)) {
      if (write(peer, answer, ANSWER_BYTES) != ANSWER_BYTES) fail("write");
    }
    close(peer);
  }
}

int rawDrive(const char* path) {
  auto address = named(path);
  int peer = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(peer, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) fail("connect");
  char question[QUESTION_BYTES] = {};
  std::string command;
  long unused, count;
  while (std::cin >> command >> unused >> count) {
    timed([&]() {
      for (long i = 0; i < count; i++) {
        if (write(peer, question, QUESTION_BYTES) != QUESTION_BYTES || !readFully(peer, ANSWER_BYTES)) fail("round trip");
      }
    });
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 3) {
    std::string mode = arguments[1];
    auto address = kj::str("unix:", arguments[2]);
    if (mode == "serve") return serve(address);
    if (mode == "drive") return drive(address);
    if (mode == "raw-serve") return rawServe(arguments[2]);
    if (mode == "raw-drive") return rawDrive(arguments[2]);
  }
  std::cerr << "usage: peer serve|drive|raw-serve|raw-drive SOCKET" << std::endl;
  return 2;
}
