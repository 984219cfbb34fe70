// A login program in another language, on nothing but stock libcapnp and the published schema: logs in, and reads a home
// file with calls that travel together with the login.
//
//   login SOCKET NAME PATH < password
//
// Prints what the file holds. Exit code 3 with the stable code on stderr when the login or the read is denied, 1 on a fault.

#include <capnp/ez-rpc.h>
#include <iostream>
#include <iterator>
#include <string>

#include "namespace.capnp.h"
#include "session.capnp.h"

namespace {

int refused(const char* what, Denial::Reader denial) {
  std::cerr << what << ": " << denial.getCode().cStr() << std::endl;
  return 3;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: login SOCKET NAME PATH" << std::endl;
    return 2;
  }
  std::string password((std::istreambuf_iterator<char>(std::cin)), std::istreambuf_iterator<char>());
  try {
    capnp::EzRpcClient client(std::string("unix:") + argv[1]);
    auto& wait = client.getWaitScope();

    auto request = client.getMain<SessionManager>().passwordRequest();
    request.setName(argv[2]);
    request.setPassword(capnp::Data::Reader(reinterpret_cast<const kj::byte*>(password.data()), password.size()));
    auto login = request.send();

    // Nothing has come back yet: these calls are addressed to what the login will return.
    auto bundle = login.getResult().getBundle();
    auto infoRequest = bundle.getSession().infoRequest();
    auto session = infoRequest.send();
    auto getRequest = bundle.getHome().getRequest();
    getRequest.setPath(argv[3]);
    auto file = getRequest.send();
    auto readRequest = file.getResult().getBlob().readRequest();
    readRequest.setLength(1 << 20);
    auto content = readRequest.send();

    auto outcome = login.wait(wait);
    if (outcome.getResult().isDenied()) {
      return refused("login", outcome.getResult().getDenied());
    }
    auto found = file.wait(wait);
    if (found.getResult().isDenied()) {
      return refused("home", found.getResult().getDenied());
    }
    std::cerr << "session of " << session.wait(wait).getInfo().getName().cStr() << std::endl;
    auto answer = content.wait(wait);
    auto data = answer.getData();
    std::cout.write(reinterpret_cast<const char*>(data.begin()), data.size());
    std::cout.flush();

    bundle.getSession().logoutRequest().send().wait(wait);
    return 0;
  } catch (const kj::Exception& e) {
    std::cerr << "fault: " << e.getDescription().cStr() << std::endl;
    return 1;
  }
}
