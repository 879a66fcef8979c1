# A golden image with the AWS provider: look-up, instance, image of it, copy, snapshot, and the network around them.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "111111111111"
  secret_key                  = "secret"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

data "aws_ami" "base" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-2023*-x86_64"]
  }
}

resource "aws_vpc" "lab" {
  cidr_block           = "10.20.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "lab" }
}

resource "aws_subnet" "lab" {
  vpc_id                  = aws_vpc.lab.id
  cidr_block              = "10.20.1.0/24"
  map_public_ip_on_launch = true
}

resource "aws_internet_gateway" "lab" {
  vpc_id = aws_vpc.lab.id
}

resource "aws_route_table" "lab" {
  vpc_id = aws_vpc.lab.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.lab.id
  }
}

resource "aws_route_table_association" "lab" {
  subnet_id      = aws_subnet.lab.id
  route_table_id = aws_route_table.lab.id
}

resource "aws_security_group" "builder" {
  name   = "builder"
  vpc_id = aws_vpc.lab.id
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_key_pair" "builder" {
  key_name   = "builder"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPJx0g0T7mCzEGc2b2XoZJ1lH3Xo1m1cC5pYwK7m3q9T builder"
}

resource "aws_instance" "builder" {
  ami                    = data.aws_ami.base.id
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.lab.id
  key_name               = aws_key_pair.builder.key_name
  vpc_security_group_ids = [aws_security_group.builder.id]
  user_data              = "#!/bin/sh\necho golden\n"
  tags                   = { Name = "builder" }
}

resource "aws_eip" "builder" {
  instance = aws_instance.builder.id
  domain   = "vpc"
}

resource "aws_ami_from_instance" "golden" {
  name               = "golden"
  source_instance_id = aws_instance.builder.id
  tags               = { team = "images" }
}

resource "aws_ami_copy" "golden" {
  name              = "golden copy"
  source_ami_id     = aws_ami_from_instance.golden.id
  source_ami_region = "us-east-1"
}

resource "aws_ami_launch_permission" "partner" {
  image_id   = aws_ami_from_instance.golden.id
  account_id = "222222222222"
}

resource "aws_ebs_snapshot" "root" {
  volume_id = aws_instance.builder.root_block_device[0].volume_id
}

resource "aws_launch_template" "golden" {
  name          = "golden"
  image_id      = aws_ami_from_instance.golden.id
  instance_type = "t3.micro"
}

output "address" {
  value = aws_eip.builder.public_ip
}
