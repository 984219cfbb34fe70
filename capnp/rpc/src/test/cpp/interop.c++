// The other end of CppInteropTest: a stock C++ vat that serves the test schema's counter, or calls one and checks the answers.
//
//   interop serve SOCKET     prints "ready", serves until killed
//   interop call SOCKET      prints a line for each check that held; exit code 1 at the first that did not

#include "counter.capnp.h"
#include <capnp/ez-rpc.h>
#include <iostream>
#include <string>
#include <vector>

#define CHECK(condition, name)                                        \
  do {                                                                \
    if (!(condition)) {                                               \
      std::cout << "FAILED " << name << ": " #condition << std::endl; \
      return 1;                                                       \
    }                                                                 \
  } while (false)

namespace {

int cancellations = 0;
constexpr int SETTLE = 1000;

class Adder final : public Counter::Server {
 public:
  Adder() = default;
  explicit Adder(std::vector<int>& seen) : seen(seen) {}

  kj::Promise<void> add(AddContext context) override {
    auto number = context.getParams().getNumber();
    KJ_IF_MAYBE(log, seen) { log->push_back(number); }
    if (number == SETTLE) {
      KJ_IF_MAYBE(fulfiller, settle) { (*fulfiller)->fulfill(kj::mv(KJ_ASSERT_NONNULL(given))); }
      settle = nullptr;
      given = nullptr;
      return kj::READY_NOW;
    }
    if (number < 0) {
      context.getResults().setNumber(cancellations);
      return kj::READY_NOW;
    }
    total += number;
    context.getResults().setNumber(total);
    return kj::READY_NOW;
  }

  kj::Promise<void> child(ChildContext context) override {
    auto params = context.getParams();
    if (params.hasCounter()) {
      // A promise, to be settled for the counter given when somebody adds SETTLE.
      auto promised = kj::newPromiseAndFulfiller<Counter::Client>();
      settle = kj::mv(promised.fulfiller);
      given = params.getCounter();
      context.getResults().setCounter(Counter::Client(kj::mv(promised.promise)));
    } else {
      context.getResults().setCounter(kj::heap<Adder>());
    }
    return kj::READY_NOW;
  }

  kj::Promise<void> echo(EchoContext context) override {
    context.getResults().setInner(context.getParams());
    context.getResults().setCounter(context.getParams().getCounter());
    return kj::READY_NOW;
  }

  kj::Promise<void> callBack(CallBackContext context) override {
    auto request = context.getParams().getCounter().addRequest();
    request.setNumber(context.getParams().getNumber());
    context.allowCancellation();
    return context.tailCall(kj::mv(request));
  }

  kj::Promise<void> hang(HangContext context) override {
    context.allowCancellation();
    return kj::Promise<void>(kj::NEVER_DONE).attach(kj::defer([]() { ++cancellations; }));
  }

  kj::Promise<void> fail(FailContext context) override {
    auto text = context.getParams().getText();
    auto type = text.startsWith("failed")          ? kj::Exception::Type::FAILED
                : text.startsWith("disconnected")  ? kj::Exception::Type::DISCONNECTED
                : text.startsWith("unimplemented") ? kj::Exception::Type::UNIMPLEMENTED
                                                   : kj::Exception::Type::OVERLOADED;
    kj::throwFatalException(kj::Exception(type, __FILE__, __LINE__, kj::heapString(text)));
  }

 private:
  int total = 0;
  kj::Maybe<std::vector<int>&> seen;
  kj::Maybe<kj::Own<kj::PromiseFulfiller<Counter::Client>>> settle;
  kj::Maybe<Counter::Client> given;
};

// A counter whose additions fail, or never end.
class Stubborn final : public Counter::Server {
 public:
  explicit Stubborn(bool fails) : fails(fails) {}

  kj::Promise<void> add(AddContext context) override {
    if (fails) {
      kj::throwFatalException(
          kj::Exception(kj::Exception::Type::OVERLOADED, __FILE__, __LINE__, kj::heapString("my own fault")));
    }
    ++started;
    context.allowCancellation();
    return kj::Promise<void>(kj::NEVER_DONE).attach(kj::defer([]() { ++cancellations; }));
  }

  static int started;

 private:
  bool fails;
};

int Stubborn::started = 0;

capnp::RemotePromise<Slot> add(Counter::Client& counter, int number) {
  auto request = counter.addRequest();
  request.setNumber(number);
  return request.send();
}

int call(kj::StringPtr address) {
  capnp::EzRpcClient client(address);
  auto& scope = client.getWaitScope();
  Counter::Client counter = client.getMain<Counter>();

  CHECK(add(counter, 3).wait(scope).getNumber() == 3, "call");
  CHECK(add(counter, 4).wait(scope).getNumber() == 7, "call");
  std::cout << "ok call" << std::endl;

  {
    auto promise = counter.childRequest().send();
    auto child = promise.getCounter();
    auto grandchild = child.childRequest().send().getCounter();
    CHECK(add(grandchild, 5).wait(scope).getNumber() == 5, "pipeline");
    CHECK(add(child, 6).wait(scope).getNumber() == 6, "pipeline");
    std::cout << "ok pipeline" << std::endl;
  }

  {
    std::vector<int> seen;
    auto request = counter.callBackRequest();
    request.setNumber(9);
    request.setCounter(kj::heap<Adder>(seen));
    CHECK(request.send().wait(scope).getNumber() == 9, "callback");
    CHECK(seen == std::vector<int>{9}, "callback");
    std::cout << "ok callback" << std::endl;
  }

  {
    std::vector<int> seen;
    Counter::Client own = kj::heap<Adder>(seen);
    auto request = counter.echoRequest();
    request.setCounter(own);
    auto list = request.initAll(2);
    list.set(0, own);
    list.set(1, counter);
    request.initInner().getAny().setAs<Counter>(own);
    request.getChoice().setChosen(own);
    request.setText("text");
    auto response = request.send().wait(scope);
    auto inner = response.getInner();
    CHECK(inner.getText() == "text", "capabilities");
    auto fromField = response.getCounter();
    auto fromInner = inner.getCounter();
    auto fromList = inner.getAll()[0];
    auto theirs = inner.getAll()[1];
    auto fromAny = inner.getInner().getAny().getAs<Counter>();
    auto fromUnion = inner.getChoice().getChosen();
    add(fromField, 1).wait(scope);
    add(fromInner, 2).wait(scope);
    add(fromList, 3).wait(scope);
    add(fromAny, 4).wait(scope);
    add(fromUnion, 5).wait(scope);
    CHECK((seen == std::vector<int>{1, 2, 3, 4, 5}), "capabilities");
    CHECK(add(theirs, 0).wait(scope).getNumber() == 7, "capabilities");
    std::cout << "ok capabilities" << std::endl;
  }

  {
    std::vector<int> seen;
    auto request = counter.echoRequest();
    request.setCounter(kj::heap<Adder>(seen));
    auto promise = request.send();
    auto leadsHome = promise.getCounter();
    std::vector<kj::Promise<void>> calls;
    std::vector<int> expected;
    for (int i = 0; i < 100; i++) {
      if (i == 50) promise.wait(scope);
      calls.push_back(add(leadsHome, i).ignoreResult());
      expected.push_back(i);
    }
    for (auto& pending : calls) pending.wait(scope);
    CHECK(seen == expected, "order");
    std::cout << "ok order" << std::endl;
  }

  {
    auto request = counter.failRequest();
    request.setText("come back later");
    auto failure = kj::runCatchingExceptions([&]() { request.send().wait(scope); });
    KJ_IF_MAYBE(exception, failure) {
      CHECK(exception->getType() == kj::Exception::Type::OVERLOADED, "failure");
      CHECK(std::string(exception->getDescription().cStr()).find("come back later") != std::string::npos, "failure");
    } else {
      CHECK(false, "failure");
    }
    std::cout << "ok failure" << std::endl;
  }

  {
    { auto abandoned = counter.hangRequest().send(); add(counter, 0).wait(scope); }
    CHECK(add(counter, 0).wait(scope).getNumber() == 7, "cancellation");
    std::cout << "ok cancellation" << std::endl;
  }

  {
    Counter::Client at = counter;
    for (int depth = 0; depth < 12; depth++) {
      Counter::Client next = at.childRequest().send().getCounter();
      at = kj::mv(next);
    }
    CHECK(add(at, 6).wait(scope).getNumber() == 6, "deep pipeline");
    std::cout << "ok deep pipeline" << std::endl;
  }

  {
    auto request = counter.callBackRequest();
    request.setCounter(kj::heap<Stubborn>(true));
    auto failure = kj::runCatchingExceptions([&]() { request.send().wait(scope); });
    KJ_IF_MAYBE(exception, failure) {
      CHECK(exception->getType() == kj::Exception::Type::OVERLOADED, "forwarded failure");
    } else {
      CHECK(false, "forwarded failure");
    }
    std::cout << "ok forwarded failure" << std::endl;
  }

  {
    {
      auto request = counter.callBackRequest();
      request.setCounter(kj::heap<Stubborn>(false));
      auto abandoned = request.send();
      for (int i = 0; i < 1000 && Stubborn::started == 0; i++) add(counter, 0).wait(scope);
      CHECK(Stubborn::started == 1, "forwarded cancellation");
      CHECK(cancellations == 0, "forwarded cancellation");
    }
    for (int i = 0; i < 1000 && cancellations == 0; i++) add(counter, 0).wait(scope);
    CHECK(cancellations == 1, "forwarded cancellation");
    std::cout << "ok forwarded cancellation" << std::endl;
  }

  {
    std::vector<int> seen;
    auto request = counter.childRequest();
    request.setCounter(kj::heap<Adder>(seen));
    auto response = request.send().wait(scope);
    auto leadsHome = response.getCounter();
    std::vector<kj::Promise<void>> calls;
    std::vector<int> expected;
    for (int i = 0; i < 100; i++) {
      if (i == 40) calls.push_back(add(counter, SETTLE).ignoreResult());
      if (i > 60 && i % 10 == 0) add(counter, 0).wait(scope);
      calls.push_back(add(leadsHome, i).ignoreResult());
      expected.push_back(i);
    }
    for (auto& pending : calls) pending.wait(scope);
    CHECK(seen == expected, "promise");
    std::cout << "ok promise" << std::endl;
  }

  {
    const std::pair<const char*, kj::Exception::Type> types[] = {
        {"failed", kj::Exception::Type::FAILED},
        {"overloaded", kj::Exception::Type::OVERLOADED},
        {"disconnected", kj::Exception::Type::DISCONNECTED},
        {"unimplemented", kj::Exception::Type::UNIMPLEMENTED}};
    for (auto& type : types) {
      auto request = counter.failRequest();
      request.setText(type.first);
      auto failure = kj::runCatchingExceptions([&]() { request.send().wait(scope); });
      KJ_IF_MAYBE(exception, failure) {
        CHECK(exception->getType() == type.second, "failures");
      } else {
        CHECK(false, "failures");
      }
    }
    std::cout << "ok failures" << std::endl;
  }

  {
    auto request = counter.echoRequest();
    auto data = request.initData(4 << 20);
    for (size_t i = 0; i < data.size(); i++) data[i] = static_cast<kj::byte>(i * 31);
    auto response = request.send().wait(scope);
    auto back = response.getInner().getData();
    CHECK(back.size() == 4 << 20, "data");
    for (size_t i = 0; i < back.size(); i++) CHECK(back[i] == static_cast<kj::byte>(i * 31), "data");
    std::cout << "ok data" << std::endl;
  }
  return 0;
}

int serve(kj::StringPtr address) {
  capnp::EzRpcServer server(kj::heap<Adder>(), address);
  auto& scope = server.getWaitScope();
  server.getPort().wait(scope);
  std::cout << "ready" << std::endl;
  kj::NEVER_DONE.wait(scope);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::cerr << "usage: interop serve|call SOCKET" << std::endl;
    return 2;
  }
  auto address = kj::str("unix:", arguments[2]);
  return std::string(arguments[1]) == "serve" ? serve(address) : call(address);
}
