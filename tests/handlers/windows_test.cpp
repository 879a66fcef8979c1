#include "handlers/windows.hpp"

#include "model/encoding.hpp"
#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <chrono>
#include <memory>

namespace amity::tests {
namespace {

using namespace std::chrono_literals;

// What "openssl pkeyutl -decrypt" and "aws ec2 get-password-data --priv-launch-key" do.
std::string decrypt(const std::string& private_key, const std::string& password_data) {
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(
      BIO_new_mem_buf(private_key.data(), static_cast<int>(private_key.size())), BIO_free_all);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(EVP_PKEY_CTX_new(key.get(), nullptr),
                                                                            EVP_PKEY_CTX_free);
  const std::string bytes = *model::base64_decode(password_data);
  std::string text(256, '\0');
  std::size_t size = text.size();
  REQUIRE(EVP_PKEY_decrypt_init(context.get()) == 1);
  REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1);
  REQUIRE(EVP_PKEY_decrypt(context.get(), reinterpret_cast<unsigned char*>(text.data()), &size,
                           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) == 1);
  text.resize(size);
  return text;
}

class WindowsWorld : public World {
 public:
  explicit WindowsWorld(handlers::Profile profile = handlers::instant_profile()) : World(profile) {
    private_key_ = *call(ec2::CreateKeyPairRequest{.key_name = "key"}).key_material;
  }

  std::string launch(const std::string& image_id = {}) {
    auto request = launch_request(*this);
    request.image_id =
        image_id.empty() ? public_image(*this, "Windows_Server-2022-English-Full-Base").image_id : image_id;
    request.key_name = "key";
    return ids_of(call(request)).front();
  }
  std::string password_data(const std::string& id) {
    return call(ec2::GetPasswordDataRequest{.instance_id = id}).password_data.value();
  }
  std::string password(const std::string& id) { return decrypt(private_key_, password_data(id)); }
  state::Windows windows(const std::string& id) { return *make_call().instances().find(id)->windows; }

  // As the admin call does.
  void sysprep(const std::string& id) {
    auto one = make_call();
    handlers::sysprep(one, id);
  }
  std::string image_of(const std::string& id, const std::string& name) {
    return *call(ec2::CreateImageRequest{.instance_id = id, .name = name}).image_id;
  }
  std::string console(const std::string& id) {
    return *model::base64_decode(*call(ec2::GetConsoleOutputRequest{.instance_id = id}).output);
  }

 private:
  std::string private_key_;
};

TEST_CASE("GetPasswordData gives a password that the key pair's private key decrypts", "[windows][GetPasswordData]") {
  WindowsWorld world(handlers::realistic_profile());
  const std::string id = world.launch();
  CHECK(world.password_data(id).empty());
  world.advance(12s);
  CHECK(world.password_data(id).empty());
  world.advance(4min);
  const auto published = world.now();
  world.call(ec2::DeleteKeyPairRequest{.key_name = "key"});
  const std::string password = world.password(id);
  CHECK(password.size() == 32);
  CHECK(password == world.windows(id).administrator_password);
  world.advance(1h);
  const auto answer = world.call(ec2::GetPasswordDataRequest{.instance_id = id});
  CHECK(answer.timestamp == published);
  CHECK(answer.instance_id == id);

  SECTION("which stays for good") {
    stop(world, id);
    world.advance(1h);
    world.call(ec2::StartInstancesRequest{.instance_ids = {id}});
    world.advance(1h);
    CHECK(world.password(id) == password);
  }
}

TEST_CASE("There is no password without a key pair, nor without Windows", "[windows][GetPasswordData]") {
  WindowsWorld world;
  auto request = launch_request(world);
  request.key_name = "key";
  CHECK(world.password_data(ids_of(world.call(request)).front()).empty());
  request.image_id = public_image(world, "Windows_Server-2022-English-Full-Base").image_id;
  request.key_name.reset();
  const std::string id = ids_of(world.call(request)).front();
  CHECK(world.password_data(id).empty());
  CHECK(world.windows(id).administrator_password);
  CHECK(world.error_of(ec2::GetPasswordDataRequest{.instance_id = "i-00000000000000000"}) ==
        "InvalidInstanceID.NotFound");
  world.as(kOtherAccount);
  CHECK(world.error_of(ec2::GetPasswordDataRequest{.instance_id = id}) == "InvalidInstanceID.NotFound");
}

TEST_CASE("Instances of an image made after Sysprep are themselves, others are twins", "[windows][CreateImage]") {
  WindowsWorld world;
  const std::string source = world.launch();
  const std::string password = world.password(source);
  const std::string name = *world.windows(source).computer_name;
  CHECK(name.starts_with("EC2AMAZ-"));

  const std::string twin_image = world.image_of(source, "without Sysprep");
  const std::string copied =
      *world.call(ec2::CopyImageRequest{.name = "copy", .source_image_id = twin_image, .source_region = "us-east-1"})
           .image_id;
  for (const std::string& image : {twin_image, copied}) {
    const std::string twin = world.launch(image);
    CHECK(world.password_data(twin).empty());
    CHECK(world.windows(twin).computer_name == name);
    CHECK(world.windows(twin).administrator_password == password);
  }

  world.sysprep(source);
  CHECK(state_of(world, source) == "stopped");
  CHECK(describe(world, source).state_reason->code == "Client.InstanceInitiatedShutdown");
  const std::string image = world.image_of(source, "after Sysprep");
  const std::string one = world.launch(image);
  const std::string other = world.launch(image);
  CHECK(world.password(one) != world.password(other));
  CHECK(world.password(one) != password);
  CHECK(world.windows(one).computer_name != world.windows(other).computer_name);
  CHECK(world.windows(one).computer_name != name);

  SECTION("and so is the source, when it starts again") {
    CHECK(world.password(source) == password);
    world.call(ec2::StartInstancesRequest{.instance_ids = {source}});
    CHECK(world.password(source) != password);
    CHECK(world.windows(source).computer_name != name);
  }
}

TEST_CASE("The console shows the phases of Sysprep", "[windows][GetConsoleOutput]") {
  WindowsWorld world;
  const std::string source = world.launch();
  CHECK(world.console(source).find("<Password>\n" + world.password_data(source)) != std::string::npos);
  world.advance(1h);
  world.sysprep(source);
  const std::string text = world.console(source);
  const auto generalize = text.find("2026/01/02 04:04:05Z: Sysprep: Generalize phase.");
  CHECK(generalize != std::string::npos);
  CHECK(text.find("IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE", generalize) != std::string::npos);

  const std::string image = world.image_of(source, "after Sysprep");
  const std::string id = world.launch(image);
  const std::string first = world.console(id);
  const auto specialize = first.find("SysprepState=IMAGE_STATE_UNDEPLOYABLE");
  const auto oobe = first.find("Sysprep: OOBE phase.", specialize);
  const auto complete = first.find("Windows sysprep configuration complete.", oobe);
  const auto ready = first.find("Message: Windows is Ready to use", complete);
  CHECK(ready != std::string::npos);
  CHECK(first.find(*world.windows(id).computer_name) != std::string::npos);
}

TEST_CASE("Sysprep's shutdown follows the instance's shutdown behavior", "[windows]") {
  WindowsWorld world;
  const std::string id = world.launch();
  world.call(ec2::ModifyInstanceAttributeRequest{.instance_id = id,
                                                 .instance_initiated_shutdown_behavior = {{.value = "terminate"}}});
  world.sysprep(id);
  CHECK(state_of(world, id) == "terminated");
}

TEST_CASE("Sysprep wants a running Windows", "[windows]") {
  WindowsWorld world;
  const std::string linux_id = launch(world);
  const std::string stopped = stop(world, world.launch());
  const auto refusal = [&](const std::string& id) -> std::string {
    try {
      world.sysprep(id);
      return {};
    } catch (const handlers::ApiError& error) {
      return error.code();
    }
  };
  CHECK(refusal(linux_id) == "UnsupportedOperation");
  CHECK(refusal(stopped) == "IncorrectInstanceState");
  CHECK(refusal("i-00000000000000000") == "InvalidInstanceID.NotFound");
  CHECK(refusal("x") == "InvalidInstanceID.Malformed");
}

}  // namespace
}  // namespace amity::tests
