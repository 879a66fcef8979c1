#include "handlers/image_operations.hpp"

#include "handlers/registry.hpp"

namespace amity::handlers {
std::span<const Operation> image_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_images>(),
      bind<create_image>(),
      bind<register_image>(),
      bind<copy_image>(),
      bind<deregister_image>(),
      bind<describe_image_attribute>(),
      bind<modify_image_attribute>(),
      bind<reset_image_attribute>(),
      bind<cancel_image_launch_permission>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
