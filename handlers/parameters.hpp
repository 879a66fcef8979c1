// Parameters of Systems Manager: the caller's own, and the public ones in which AWS and others publish their images.
#pragma once

#include "handlers/call.hpp"
#include "model/ssm.hpp"
#include "model/state_parameters.hpp"
#include "storage/parameter_tables.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

inline constexpr char kImageDataType[] = "aws:ec2:image";

// What a request says of a parameter: "name", "name:3", "name:label", or an ARN of one of these.
struct ParameterReference {
  std::string name;
  std::string selector;  // "3" or "label"; empty: the latest version
};
ParameterReference parse_reference(const Call& call, std::string_view text);

// The public ones are under "/aws/service/".
bool is_public_name(std::string_view name);

// A parameter's versions, the oldest first; empty when there is no such parameter.
using ParameterVersions = std::vector<ssm::ParameterHistory>;
ParameterVersions versions_of(Call& call, std::string_view name);
// nullptr when no version has the number or the label.
const ssm::ParameterHistory* select_version(const ParameterVersions& versions, std::string_view selector);

// As GetParameter shows a version. Without decryption a SecureString is its ciphertext.
ssm::Parameter as_shown(Call& call, const ssm::ParameterHistory& version, bool with_decryption);
// "arn:aws:ssm:us-east-1:111111111111:parameter/a/b"; of no account for a public parameter.
std::string parameter_arn(const Call& call, std::string_view name);
// What a value looks like to those who do not ask for decryption.
std::string ciphertext_of(const ssm::ParameterHistory& version);

// The image that "resolve:ssm:<reference>" means; other text is the id itself. Throws SsmInvalidParameter for a
// parameter that does not exist or is not of the data type aws:ec2:image.
std::string resolve_image_id(Call& call, const std::string& image_id);

}  // namespace amity::handlers
