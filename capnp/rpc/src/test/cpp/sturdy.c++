// The other end of CppPersistenceTest: a stock C++ vat that saves and restores, with the persistent.capnp it was installed with.
//
//   sturdy save SOCKET             adds 1 to the counter served there, saves it, prints the token in hexadecimal
//   sturdy restore SOCKET TOKEN    restores a counter, adds 2, prints the total; drops it, prints why it is not restored again
//   sturdy serve SOCKET            serves an object whose references are "saved for " and the owner; prints "ready"

#include "counter.capnp.h"
#include "sturdy.capnp.h"
#include <capnp/ez-rpc.h>
#include <capnp/persistent.capnp.h>
#include <iostream>
#include <kj/encoding.h>
#include <string>

using Persistent = capnp::Persistent<SturdyRef, Seal>;

namespace {

int save(kj::StringPtr address) {
  capnp::EzRpcClient client(address);
  auto& scope = client.getWaitScope();
  Counter::Client counter = client.getMain<Counter>();
  auto add = counter.addRequest();
  add.setNumber(1);
  add.send().wait(scope);
  auto request = counter.castAs<Persistent>().saveRequest();
  request.initSealFor().setLabel("from C++");
  auto response = request.send().wait(scope);
  std::cout << kj::encodeHex(response.getSturdyRef().getToken()).cStr() << std::endl;
  return 0;
}

int restore(kj::StringPtr address, kj::StringPtr token) {
  capnp::EzRpcClient client(address);
  auto& scope = client.getWaitScope();
  Restorer::Client restorer = client.getMain<Restorer>();
  kj::Array<kj::byte> bytes = kj::decodeHex(token);
  auto request = restorer.restoreRequest();
  request.initRef().setToken(bytes);
  auto counter = request.send().getCap().castAs<Counter>();
  auto add = counter.addRequest();
  add.setNumber(2);
  std::cout << add.send().wait(scope).getNumber() << std::endl;
  auto drop = restorer.dropRequest();
  drop.initRef().setToken(bytes);
  drop.send().wait(scope);
  auto again = restorer.restoreRequest();
  again.initRef().setToken(bytes);
  auto failure = kj::runCatchingExceptions([&]() { again.send().wait(scope); });
  KJ_IF_MAYBE(exception, failure) { std::cout << exception->getDescription().cStr() << std::endl; }
  return 0;
}

class Saveable final : public Persistent::Server {
  kj::Promise<void> save(SaveContext context) override {
    auto owner = context.getParams().getSealFor().getOwner();
    auto token = kj::str("saved for ", owner.asChars());
    context.getResults().initSturdyRef().setToken(token.asBytes());
    return kj::READY_NOW;
  }
};

int serve(kj::StringPtr address) {
  capnp::EzRpcServer server(kj::heap<Saveable>(), address);
  auto& scope = server.getWaitScope();
  server.getPort().wait(scope);
  std::cout << "ready" << std::endl;
  kj::NEVER_DONE.wait(scope);
}

}  // namespace

int main(int count, char** arguments) {
  std::string mode = count < 3 ? "" : arguments[1];
  auto address = kj::str("unix:", count < 3 ? "" : arguments[2]);
  if (mode == "save") return save(address);
  if (mode == "restore" && count == 4) return restore(address, arguments[3]);
  if (mode == "serve") return serve(address);
  std::cerr << "usage: sturdy save|serve SOCKET, sturdy restore SOCKET TOKEN" << std::endl;
  return 2;
}
