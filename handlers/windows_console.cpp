#include "handlers/windows_console.hpp"

#include "handlers/digest.hpp"
#include "model/encoding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace amity::handlers {
namespace {

// "2026/01/02 03:04:05Z"
std::string windows_time(model::Timestamp time) {
  std::string text = model::to_gmt_text(time);
  text.replace(text.size() - 4, 4, "Z");
  std::ranges::replace(text, '-', '/');
  return text;
}

class WindowsLog {
 public:
  WindowsLog(std::string& text, const state::Instance& instance, const ConsoleEvent& event)
      : text_(text), row_(instance), event_(event), time_(windows_time(event.at)) {}

  void add() {
    switch (event_.kind) {
      case ConsoleEvent::Kind::Specialize: add_specialize(); return add_start();
      case ConsoleEvent::Kind::Sysprep: return add_sysprep();
      case ConsoleEvent::Kind::Interrupt: return line("STOP: 0x00000080 (NMI_HARDWARE_FAILURE)");
      case ConsoleEvent::Kind::WindowsReady: return add_ready();
      case ConsoleEvent::Kind::FirstStart:
      case ConsoleEvent::Kind::Start:
      case ConsoleEvent::Kind::Reboot: return add_start();
    }
  }

 private:
  template <class... Values>
  void line(fmt::format_string<Values...> format, Values&&... values) {
    text_ += time_ + ": ";
    fmt::format_to(std::back_inserter(text_), format, std::forward<Values>(values)...);
    text_ += '\n';
  }

  // The second half of Sysprep, on the first start of a generalized system.
  void add_specialize() {
    line("Windows is being configured. SysprepState=IMAGE_STATE_UNDEPLOYABLE");
    line("Sysprep: Specialize phase. A new security identifier and the computer name {} are set.", computer_name());
    line("Sysprep: RDP connections are enabled.");
    line("Sysprep: OOBE phase. The answer file sets locale en-US and time zone UTC.");
    line("Windows sysprep configuration complete.");
  }

  // The first half, on the instance that is to become an image.
  void add_sysprep() {
    line("Sysprep: RDP connections are disabled.");
    line("Sysprep: Generalize phase. Security identifier, computer name and event logs are removed.");
    line("Windows is being configured. SysprepState=IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE");
    line("Sysprep: The system shuts down.");
  }

  void add_start() {
    line("Message: Waiting for meta-data accessibility...");
    line("Message: Meta-data is now available.");
    line("AMI Origin Name: {}", row_.image_name.value_or(""));
    line("Instance Type: {}", *row_.instance.instance_type);
    line("EC2 instance-id: {}", *row_.instance.instance_id);
  }

  // EC2 reads the password from between its marks.
  void add_ready() {
    line("RDPCERTIFICATE-SUBJECTNAME: {}", computer_name());
    line("RDPCERTIFICATE-THUMBPRINT: {}", thumbprint());
    if (row_.windows && row_.windows->password_time == event_.at) {
      if (row_.windows->password_data)
        text_ += "<Username>Administrator</Username>\n<Password>\n" + *row_.windows->password_data + "\n</Password>\n";
      if (row_.user_data) line("Message: User data will be handled.");
    }
    line("Message: Windows is Ready to use");
  }

  std::string computer_name() const { return row_.windows ? row_.windows->computer_name.value_or("") : ""; }

  // Of a certificate that is not there: another one for each instance and name.
  std::string thumbprint() const {
    std::string text =
        model::hex_encode(digest(DigestAlgorithm::Sha1, *row_.instance.instance_id + "/" + computer_name()));
    std::ranges::transform(text, text.begin(), [](char c) { return c >= 'a' ? static_cast<char>(c - 0x20) : c; });
    return text;
  }

  std::string& text_;
  const state::Instance& row_;
  const ConsoleEvent& event_;
  std::string time_;
};

}  // namespace

void append_windows_console(std::string& log, const state::Instance& instance, const ConsoleEvent& event) {
  WindowsLog(log, instance, event).add();
}

}  // namespace amity::handlers
