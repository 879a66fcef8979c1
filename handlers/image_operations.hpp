// The operations on images, one function each.
#pragma once

#include "handlers/call.hpp"
#include "model/ec2.hpp"

namespace amity::handlers {

ec2::DescribeImagesResult describe_images(Call& call, const ec2::DescribeImagesRequest& request);
ec2::CreateImageResult create_image(Call& call, const ec2::CreateImageRequest& request);
ec2::RegisterImageResult register_image(Call& call, const ec2::RegisterImageRequest& request);
ec2::CopyImageResult copy_image(Call& call, const ec2::CopyImageRequest& request);
ec2::DeregisterImageResult deregister_image(Call& call, const ec2::DeregisterImageRequest& request);
ec2::ImageAttribute describe_image_attribute(Call& call, const ec2::DescribeImageAttributeRequest& request);
void modify_image_attribute(Call& call, const ec2::ModifyImageAttributeRequest& request);
ec2::CancelImageLaunchPermissionResult cancel_image_launch_permission(
    Call& call, const ec2::CancelImageLaunchPermissionRequest& request);
void reset_image_attribute(Call& call, const ec2::ResetImageAttributeRequest& request);

}  // namespace amity::handlers
