#include "handlers/console_log.hpp"

#include "handlers/digest.hpp"
#include "handlers/instance_fit.hpp"
#include "handlers/windows_console.hpp"
#include "model/encoding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace amity::handlers {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{64} * 1024;  // as much as EC2 keeps

// What an image's name tells about its system. The first that fits counts.
struct System {
  std::string_view part_of_name;
  std::string_view title;
  std::string_view kernel;
  std::string_view user;
};
constexpr System kSystems[] = {
    {"al2023", "Amazon Linux 2023", "6.1", "ec2-user"},
    {"amzn2", "Amazon Linux 2", "5.10", "ec2-user"},
    {"ubuntu-noble", "Ubuntu 24.04 LTS", "6.8", "ubuntu"},
    {"ubuntu-jammy", "Ubuntu 22.04 LTS", "5.15", "ubuntu"},
    {"ubuntu-focal", "Ubuntu 20.04 LTS", "5.4", "ubuntu"},
    {"debian-13", "Debian GNU/Linux 13 (trixie)", "6.12", "admin"},
    {"debian-12", "Debian GNU/Linux 12 (bookworm)", "6.1", "admin"},
    {"debian-11", "Debian GNU/Linux 11 (bullseye)", "5.10", "admin"},
    {"RHEL-9", "Red Hat Enterprise Linux 9", "5.14", "ec2-user"},
    {"RHEL-8", "Red Hat Enterprise Linux 8", "4.18", "ec2-user"},
    {"Rocky-9", "Rocky Linux 9", "5.14", "rocky"},
    {"AlmaLinux OS 9", "AlmaLinux 9", "5.14", "ec2-user"},
    {"suse-sles-15", "SUSE Linux Enterprise Server 15", "6.4", "ec2-user"},
};
constexpr System kAnySystem{"", "Linux", "6.1", "ec2-user"};

const System& system_of(const state::Instance& row) {
  const std::string name = row.image_name.value_or("");
  const auto found = std::ranges::find_if(
      kSystems, [&](const System& system) { return name.find(system.part_of_name) != std::string::npos; });
  return found == std::end(kSystems) ? kAnySystem : *found;
}

// An image's name may say which kernel it has: "al2023-ami-2023.9.20251014.0-kernel-6.12-x86_64".
std::string kernel_of(const state::Instance& row) {
  constexpr std::string_view kMark = "kernel-";
  const std::string name = row.image_name.value_or("");
  const std::size_t mark = name.find(kMark);
  const std::size_t begin = mark + kMark.size();
  if (mark == std::string::npos || begin >= name.size() || name[begin] < '0' || name[begin] > '9')
    return std::string(system_of(row).kernel);
  return name.substr(begin, name.find_first_not_of("0123456789.", begin) - begin);
}

// The type of a part of user data as cloud-init tells them apart by their first line.
std::string_view user_data_type(std::string_view data) {
  if (data.starts_with("#!")) return "text/x-shellscript";
  if (data.starts_with("#cloud-config")) return "text/cloud-config";
  if (data.starts_with("#include")) return "text/x-include-url";
  if (data.starts_with("Content-Type: multipart") || data.starts_with("MIME-Version:")) return "multipart/mixed";
  if (data.starts_with("\x1f\x8b")) return "application/gzip";
  return "text/x-not-multipart";
}

class Log {
 public:
  Log(const state::Instance& row, const ec2::InstanceTypeInfo* type)
      : row_(row), instance_(row.instance), type_(type), system_(system_of(row)), kernel_(kernel_of(row)) {}

  void add(const ConsoleEvent& event) {
    if (instance_.platform)
      append_windows_console(text_, row_, event);
    else
      add_linux(event);
  }

  std::string take() {
    if (text_.size() > kMaxBytes) text_.erase(0, text_.size() - kMaxBytes);
    return std::move(text_);
  }

 private:
  template <class... Values>
  void line(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Values>(values)...);
    text_ += '\n';
  }

  void add_linux(const ConsoleEvent& event) {
    const bool is_first = event.kind == ConsoleEvent::Kind::FirstStart;
    if (!is_first) add_end(event.kind);
    add_kernel();
    add_cloud_init(event.at, is_first);
    if (is_first) add_host_keys();
    line("\n{}\nKernel {} on an {} (ttyS0)\n", system_.title, kernel_, machine());
    text_ += short_host() + " login: \n";
  }

  // How the time before ended.
  void add_end(ConsoleEvent::Kind next) {
    if (next == ConsoleEvent::Kind::Interrupt) {
      line("[  119.000000] NMI: IOCK error (debug interrupt?) for reason 61 on CPU 0.");
      line("[  119.000000] Kernel panic - not syncing: NMI: Not continuing");
    }
    line("[  120.000000] reboot: {}", next == ConsoleEvent::Kind::Start ? "Power down" : "Restarting system");
  }

  void add_kernel() {
    const bool nitro = type_ && is_nitro(*type_);
    line("[    0.000000] Linux version {} (root=LABEL=/) {}", kernel_, machine());
    line("[    0.000000] Command line: BOOT_IMAGE=/boot/vmlinuz-{} root=LABEL=/ ro console=tty0 console=ttyS0,115200n8",
         kernel_);
    line("[    0.000000] DMI: {}", nitro ? fmt::format("Amazon EC2 {}/, BIOS 1.0", *instance_.instance_type)
                                         : std::string("Xen HVM domU, BIOS 4.11.amazon"));
    if (instance_.current_instance_boot_mode == ec2::InstanceBootModeValues::uefi)
      line("[    0.000000] efi: EFI v2.70 by EDK II");
    if (type_ && type_->memory_info)
      line("[    0.036413] Memory: {}K available", type_->memory_info->size_in_mi_b.value_or(0) * 1024);
    const auto& cpu = instance_.cpu_options;
    const std::int32_t cpus = cpu ? cpu->core_count.value_or(1) * cpu->threads_per_core.value_or(1) : 1;
    line("[    0.142871] smp: Brought up 1 node, {} CPUs", cpus);
    for (const auto& device : instance_.block_device_mappings)
      line("[    1.204518] {}: {}", nitro ? "nvme" : "blkfront", device.device_name.value_or(""));
    for (const auto& interface : instance_.network_interfaces)
      line("[    1.618220] {} mac addr {}", nitro ? "ena: Elastic Network Adapter (ENA)" : "xen_netfront: vif",
           interface.mac_address.value_or(""));
    line("[    2.301146] systemd[1]: Hostname set to <{}>.", host());
    line("\nWelcome to {}!\n", system_.title);
  }

  void add_cloud_init(model::Timestamp at, bool is_first) {
    const std::string time = cloud_init_time(at);
    line("[    4.870113] cloud-init[1021]: Cloud-init v. 22.2.2 running 'init' at {}. Up 4.87 seconds.", time);
    for (const auto& interface : instance_.network_interfaces)
      line("[    4.912807] cloud-init[1021]: ci-info: | eth{} | True | {} | global | {} |",
           interface.attachment ? interface.attachment->device_index.value_or(0) : 0,
           interface.private_ip_address.value_or(""), interface.mac_address.value_or(""));
    if (is_first) {
      line("[    5.120331] cloud-init[1021]: instance-id: {}", *instance_.instance_id);
      add_user_data();
      if (!instance_.key_name)
        line("ci-info: no authorized SSH keys fingerprints found for user {}.", system_.user);
      else
        line("ci-info: | Authorized keys from /home/{0}/.ssh/authorized_keys for user {0} | {1} |", system_.user,
             *instance_.key_name);
    }
    line(
        "[   14.800920] cloud-init[1402]: Cloud-init v. 22.2.2 finished at {}. Datasource DataSourceEc2.  Up 14.80 "
        "seconds",
        time);
  }

  void add_user_data() {
    const auto data = row_.user_data ? model::base64_decode(*row_.user_data) : std::nullopt;
    if (data) line("[    6.220118] cloud-init[1021]: user-data: {} bytes, {}", data->size(), user_data_type(*data));
  }

  // The keys of a host that is not there: the same for ever, and different for every instance.
  void add_host_keys() {
    text_ += "ec2: #############################################################\n";
    text_ += "ec2: -----BEGIN SSH HOST KEY FINGERPRINTS-----\n";
    line("ec2: 256 SHA256:{} root@{} (ECDSA)", fingerprint("ecdsa"), short_host());
    line("ec2: 256 SHA256:{} root@{} (ED25519)", fingerprint("ed25519"), short_host());
    text_ += "ec2: -----END SSH HOST KEY FINGERPRINTS-----\n";
    text_ += "ec2: #############################################################\n";
  }

  std::string_view machine() const {
    return instance_.architecture == ec2::ArchitectureValues::arm64 ? "aarch64" : "x86_64";
  }
  std::string host() const { return instance_.private_dns_name.value_or(""); }
  std::string short_host() const { return host().substr(0, host().find('.')); }

  std::string fingerprint(std::string_view algorithm) const {
    std::string text =
        model::base64_encode(digest(DigestAlgorithm::Sha256, *instance_.instance_id + std::string(algorithm)));
    std::erase(text, '=');
    return text;
  }

  static std::string cloud_init_time(model::Timestamp time) {
    std::string text = model::to_http_date(time);
    return text.replace(text.size() - 3, 3, "+0000");
  }
  const state::Instance& row_;
  const ec2::Instance& instance_;
  const ec2::InstanceTypeInfo* type_;
  const System& system_;
  std::string kernel_;
  std::string text_;
};

}  // namespace

std::string console_log(const state::Instance& instance, const ec2::InstanceTypeInfo* type,
                        const std::vector<ConsoleEvent>& events) {
  Log log(instance, type);
  for (const ConsoleEvent& event : events) log.add(event);
  return log.take();
}

}  // namespace amity::handlers
