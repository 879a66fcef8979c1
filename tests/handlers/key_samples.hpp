#pragma once

// Keys made by OpenSSH 9.2, in the forms that EC2 takes and gives, converted by ssh-keygen, openssl 3.0 and puttygen
// 0.78. Their fingerprints are what those tools print. They exist for these tests alone.

#include <cstdint>
#include <string_view>

namespace amity::handlers::samples {

inline constexpr std::string_view kRsaOpenSsh =
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC9iStBF/IbzqzIf9l8jrdZ7Kklk7wCOO8p+x74sJ7Trez/dRFtZHNJ9e+0moNE"
    "R8EKPMsaq6va9FN0aDqii74o5zp1csD5hvGbPPvm7XKMYr3QSRFQZhiEw5AXXQ/va2pHLjQOA6+aM0jTMCMHNIK+O0bgOiVCK1AB"
    "h/9arWRq41eBILcBu/FuPxziBfqIsSy9aFVxElAB3SXcpSPikxih5Ws3TWslaEwOe+gJ56NPzHTU+Vr2HR9x7GQxGJ2F0fZDvn64"
    "einD9Hl0eGaKPHEKERPLe2NoVVOLJGSX1wNTbzryEV+HgqkEJ5Va0TeiGwsXbUR7S5KLeqkNAb4ztAcx";

inline constexpr std::string_view kRsaRfc4716 = R"(---- BEGIN SSH2 PUBLIC KEY ----
Comment: "2048-bit RSA"
AAAAB3NzaC1yc2EAAAADAQABAAABAQC9iStBF/IbzqzIf9l8jrdZ7Kklk7wCOO8p+x74sJ
7Trez/dRFtZHNJ9e+0moNER8EKPMsaq6va9FN0aDqii74o5zp1csD5hvGbPPvm7XKMYr3Q
SRFQZhiEw5AXXQ/va2pHLjQOA6+aM0jTMCMHNIK+O0bgOiVCK1ABh/9arWRq41eBILcBu/
FuPxziBfqIsSy9aFVxElAB3SXcpSPikxih5Ws3TWslaEwOe+gJ56NPzHTU+Vr2HR9x7GQx
GJ2F0fZDvn64einD9Hl0eGaKPHEKERPLe2NoVVOLJGSX1wNTbzryEV+HgqkEJ5Va0TeiGw
sXbUR7S5KLeqkNAb4ztAcx
---- END SSH2 PUBLIC KEY ----
)";

inline constexpr std::string_view kRsaPem = R"(-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvYkrQRfyG86syH/ZfI63
WeypJZO8AjjvKfse+LCe063s/3URbWRzSfXvtJqDREfBCjzLGqur2vRTdGg6oou+
KOc6dXLA+Ybxmzz75u1yjGK90EkRUGYYhMOQF10P72tqRy40DgOvmjNI0zAjBzSC
vjtG4DolQitQAYf/Wq1kauNXgSC3Abvxbj8c4gX6iLEsvWhVcRJQAd0l3KUj4pMY
oeVrN01rJWhMDnvoCeejT8x01Pla9h0fcexkMRidhdH2Q75+uHopw/R5dHhmijxx
ChETy3tjaFVTiyRkl9cDU2868hFfh4KpBCeVWtE3ohsLF21Ee0uSi3qpDQG+M7QH
MQIDAQAB
-----END PUBLIC KEY-----
)";

inline constexpr std::string_view kRsaPkcs1Pem = R"(-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAvYkrQRfyG86syH/ZfI63WeypJZO8AjjvKfse+LCe063s/3URbWRz
SfXvtJqDREfBCjzLGqur2vRTdGg6oou+KOc6dXLA+Ybxmzz75u1yjGK90EkRUGYY
hMOQF10P72tqRy40DgOvmjNI0zAjBzSCvjtG4DolQitQAYf/Wq1kauNXgSC3Abvx
bj8c4gX6iLEsvWhVcRJQAd0l3KUj4pMYoeVrN01rJWhMDnvoCeejT8x01Pla9h0f
cexkMRidhdH2Q75+uHopw/R5dHhmijxxChETy3tjaFVTiyRkl9cDU2868hFfh4Kp
BCeVWtE3ohsLF21Ee0uSi3qpDQG+M7QHMQIDAQAB
-----END RSA PUBLIC KEY-----
)";

inline constexpr std::string_view kRsaPrivatePem = R"(-----BEGIN RSA PRIVATE KEY-----
MIIEpAIBAAKCAQEAvYkrQRfyG86syH/ZfI63WeypJZO8AjjvKfse+LCe063s/3UR
bWRzSfXvtJqDREfBCjzLGqur2vRTdGg6oou+KOc6dXLA+Ybxmzz75u1yjGK90EkR
UGYYhMOQF10P72tqRy40DgOvmjNI0zAjBzSCvjtG4DolQitQAYf/Wq1kauNXgSC3
Abvxbj8c4gX6iLEsvWhVcRJQAd0l3KUj4pMYoeVrN01rJWhMDnvoCeejT8x01Pla
9h0fcexkMRidhdH2Q75+uHopw/R5dHhmijxxChETy3tjaFVTiyRkl9cDU2868hFf
h4KpBCeVWtE3ohsLF21Ee0uSi3qpDQG+M7QHMQIDAQABAoIBAAdmCJp2oxSLTYrZ
FMYMMyOPPa4SFYN3sfxPSW73RAfq0ObK7NZ6lpaDQ2tnIasjaulppJsCqwd1xKE1
ZV6NemuR1SIbC+XhquI+r+2chL1uqE6uX37mMVxTXvdOgm374S7soosOgUcRa+0U
grWICvd+jF553pT16F5a7vCc9p/GdTKd8nCeKEvvY6wUo6hRj5OV9xqQNC+otfz0
18H5sP228KMyzZ/jEW+TOHKjmlnYZbXFB/cJ+WnxZv6v43f6OgytK+Wn/5N8GS6e
T2k0sd+EXeKoH5F/FkkbgYaQopvAFd1Qw73BlDBWHZwcsW7D8Q/sAsmy8mMc9N0C
ApDXf90CgYEA/+0Y/zjy2+gqG+QS38Q/zoxPlFwNiB2iQbgxWMeHd4K0MhtU+ghD
JOUvLefMrddmF/+Xt3O6s6UCgyPhl6pY2J8YsDHs/yICua8n1ZRN1oYXiLdJLy4+
R4Rsw+AnM4oLj0Ni7DPnyExfC/VVdYSt29R1b1GAGewxU4G5G1JkFv0CgYEAvZcq
9hhuIWXKl596mS7X/6MyDXTaehogjvep4kooYJy1wONjQfAFH7EgfptId0oLGD60
S/ers27EgoDH1M/rsQDp5VvB9FJ4+ZBHe2taC0vjMBB3uqG+zvcNbFMaF4wT+svd
DTrOV+7QxdCgWpLE79T16Q5Nc5ARErOy85mhuUUCgYEAvic2aXuwxr/reamudGBm
YFtUTZFP5JDQHDB1SdeGyb9tj8VLEDPPX7yBn4QZShk/HBmmaoIseInkIfgpB/1j
4h/jwhZ2VuK4T6ra2BBG/VvIZKZ6U/nyAEVeYvNLbTnmeN3CxGmUj/hero3sn1Kj
szBayQkvOxOJWtiJ5skC4SkCgYB9pvGvNtPOyLLzuJu9aIF5iQSETJz77dMETfpG
4tVN6q6/DzVanyQWNAOQRYRKo0UlJXHDI3ulqVUOFSHb1o2juzJJc33hWsOYy1nE
34pHEF2bHl7rz4UxkCVSVOVnE8yuHGz99qqJNtshL7sHLFzfguoUMwl7/NCD75s7
veekbQKBgQDZ+g/brv9PEkZEAx7BcGx9Aqo+ES6s6ek2J/9w8Q8nKMWuRxsCfyEi
Uh5c+kwaXSj50lYMvLuTV/sOLzyawExV6Lwp3pjaKyCNL++67ipj2P5ECjWROrZI
/ZRmA4mwnL27vP5GtgBHLBPHmF8eqYBXna2wH0J/8eOXYxwGFvR8nw==
-----END RSA PRIVATE KEY-----)";

// openssl rsa -pubin -outform DER | openssl md5 -c
inline constexpr std::string_view kRsaImportedFingerprint = "ae:1e:ba:0b:fc:b2:b4:e9:1f:a1:4f:d0:52:ab:f3:9d";

// openssl pkcs8 -topk8 -nocrypt -outform DER | openssl sha1 -c
inline constexpr std::string_view kRsaCreatedFingerprint =
    "5f:7c:b6:52:fb:05:9c:61:66:5c:c1:96:02:81:82:35:5f:5b:93:fc";

inline constexpr std::string_view kRsaPpk = R"(PuTTY-User-Key-File-2: ssh-rsa
Encryption: none
Comment: imported-openssh-key
Public-Lines: 6
AAAAB3NzaC1yc2EAAAADAQABAAABAQC9iStBF/IbzqzIf9l8jrdZ7Kklk7wCOO8p
+x74sJ7Trez/dRFtZHNJ9e+0moNER8EKPMsaq6va9FN0aDqii74o5zp1csD5hvGb
PPvm7XKMYr3QSRFQZhiEw5AXXQ/va2pHLjQOA6+aM0jTMCMHNIK+O0bgOiVCK1AB
h/9arWRq41eBILcBu/FuPxziBfqIsSy9aFVxElAB3SXcpSPikxih5Ws3TWslaEwO
e+gJ56NPzHTU+Vr2HR9x7GQxGJ2F0fZDvn64einD9Hl0eGaKPHEKERPLe2NoVVOL
JGSX1wNTbzryEV+HgqkEJ5Va0TeiGwsXbUR7S5KLeqkNAb4ztAcx
Private-Lines: 14
AAABAAdmCJp2oxSLTYrZFMYMMyOPPa4SFYN3sfxPSW73RAfq0ObK7NZ6lpaDQ2tn
IasjaulppJsCqwd1xKE1ZV6NemuR1SIbC+XhquI+r+2chL1uqE6uX37mMVxTXvdO
gm374S7soosOgUcRa+0UgrWICvd+jF553pT16F5a7vCc9p/GdTKd8nCeKEvvY6wU
o6hRj5OV9xqQNC+otfz018H5sP228KMyzZ/jEW+TOHKjmlnYZbXFB/cJ+WnxZv6v
43f6OgytK+Wn/5N8GS6eT2k0sd+EXeKoH5F/FkkbgYaQopvAFd1Qw73BlDBWHZwc
sW7D8Q/sAsmy8mMc9N0CApDXf90AAACBAP/tGP848tvoKhvkEt/EP86MT5RcDYgd
okG4MVjHh3eCtDIbVPoIQyTlLy3nzK3XZhf/l7dzurOlAoMj4ZeqWNifGLAx7P8i
ArmvJ9WUTdaGF4i3SS8uPkeEbMPgJzOKC49DYuwz58hMXwv1VXWErdvUdW9RgBns
MVOBuRtSZBb9AAAAgQC9lyr2GG4hZcqXn3qZLtf/ozINdNp6GiCO96niSihgnLXA
42NB8AUfsSB+m0h3SgsYPrRL96uzbsSCgMfUz+uxAOnlW8H0Unj5kEd7a1oLS+Mw
EHe6ob7O9w1sUxoXjBP6y90NOs5X7tDF0KBaksTv1PXpDk1zkBESs7LzmaG5RQAA
AIEA2foP267/TxJGRAMewXBsfQKqPhEurOnpNif/cPEPJyjFrkcbAn8hIlIeXPpM
Gl0o+dJWDLy7k1f7Di88msBMVei8Kd6Y2isgjS/vuu4qY9j+RAo1kTq2SP2UZgOJ
sJy9u7z+RrYARywTx5hfHqmAV52tsB9Cf/Hjl2McBhb0fJ8=
Private-MAC: 5d95f6ff04f75bd52b8e4a89f693fabd24df49ed
)";

inline constexpr std::string_view kEd25519OpenSsh =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDikFl2K7N7xT3tV+GaJZ187vGfn5JWUGiJRy9kv+U1Q";

inline constexpr std::string_view kEd25519Rfc4716 = R"(---- BEGIN SSH2 PUBLIC KEY ----
Subject: my-key
Comment: "a comment that goes on \
in the next line: here"
AAAAC3NzaC1lZDI1NTE5AAAAIDikFl2K7N7xT3tV+GaJZ187vGfn5JWUGiJRy9kv+U1Q
---- END SSH2 PUBLIC KEY ----
)";

inline constexpr std::string_view kEd25519Pem = R"(-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAOKQWXYrs3vFPe1X4ZolnXzu8Z+fklZQaIlHL2S/5TVA=
-----END PUBLIC KEY-----
)";

inline constexpr std::string_view kEd25519PrivatePem = R"(-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACA4pBZdiuze8U97VfhmiWdfO7xn5+SVlBoiUcvZL/lNUAAAAJAjWJZJI1iW
SQAAAAtzc2gtZWQyNTUxOQAAACA4pBZdiuze8U97VfhmiWdfO7xn5+SVlBoiUcvZL/lNUA
AAAEDZP7vMD9XrGA4EhifA5sGy1dprV3WdxsbUC92PNxumijikFl2K7N7xT3tV+GaJZ187
vGfn5JWUGiJRy9kv+U1QAAAABm15LWtleQECAwQFBgc=
-----END OPENSSH PRIVATE KEY-----
)";

// The random number in that file, and the seed of its key.
inline constexpr std::uint32_t kEd25519Check = 0x23589649;
inline constexpr std::string_view kEd25519Seed = "2T+7zA/V6xgOBIYnwObBstXaa1d1ncbG1Avdjzcbpoo=";

inline constexpr std::string_view kEd25519Ppk = R"(PuTTY-User-Key-File-2: ssh-ed25519
Encryption: none
Comment: my-key
Public-Lines: 2
AAAAC3NzaC1lZDI1NTE5AAAAIDikFl2K7N7xT3tV+GaJZ187vGfn5JWUGiJRy9kv
+U1Q
Private-Lines: 1
AAAAINk/u8wP1esYDgSGJ8DmwbLV2mtXdZ3GxtQL3Y83G6aK
Private-MAC: 894f296785eb8f5cf783b4f78f6c9e8f14dd4a18
)";

// ssh-keygen -l prints it without the padding
inline constexpr std::string_view kEd25519Fingerprint = "hm5LHmx4cLw4QvRYJ2huk11eJWPn00OzM9fKrkx6w+w=";

inline constexpr std::string_view kRsa1024OpenSsh =
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDJvgbWTOFlFCdGOSbyickLT2iuFMWRvDX14+jhodthNcvoYWS1qMyap6ps7tgF"
    "/owbbkBVAf/vK41RxeqdqUXWeHZnZ/e21gQ4kzbVxD28WTuXhFQXGUq9/H1JaDbm6w37qXF5vSGodAppr2zVofQSLQJF2Y1MgEgg"
    "vubvVvqqhQ==";

inline constexpr std::string_view kRsa3072OpenSsh =
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQCstXOqgkA684YNHdFmhWhbcHkrym4WcGJYUpvCV3e8zc1n0lrcYieXZHcZYA5h"
    "k3Vy/VAXwneGpDdiZmvDgow74GWO1G3t4ygrSRX4G1wfc6Hn4vROyQ4Qn0feEbo/WDD/BvfAhrEgheqkUvu3/D7sOlVeWVi/y8Pc"
    "PnhSbIai/6CFDdXMM+d5YnZbtbrodbZ7LhwUl3r3hmc5W/ZI+xjsI2yq487i9VWHfu0lnTbnFWWe1ekFD9woMPUjy/hPpKvgwHIO"
    "2aa3I3IqnzHnwBwwQGdrdYreljpjPUGO60IcprZGOMDNHOymECNSIFJXlH6wW+UxLkl0Acwi0k4vEftncPRLKhZ8VhH2eWL8qu4M"
    "cABqDxYP8gsaJY/XWLPJWyjH/ok4lYKRmHaN4hAi4FZUgeni7x6QR1lh5h85gg0q5jay//timK3I0EwnzfY68fDL0h+vRcH10MGR"
    "Sc/XguVMay7K5ZKcf9fYdpDIL9Hig4lGMxHeFoDpD0Nbc6RXmME=";

inline constexpr std::string_view kRsa4096OpenSsh =
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAACAQCSeyRAQ5h1kkut7Jyx3GYbCMHrAEc5WsXRUSDu9ViOjmT9dk9HjvqmSWq/+kVm"
    "VzaLRWR33h/98Iu3kkUD0jG57KDOFsDyOQZAeoOOz7QNnZZeJ5e2Xq11WM0gcaLk6/dKCFjzc37Cw/Qe1Ql5LkyAsMpjBIhQJ0Uk"
    "6QN/m1tTqggHa8IR5toLYGhdlcOgsOUXU2/TrJZf3ikMjtOCsnxIF3Xfhn7ZAkL6X1tV12UIzeYOxN6fyGpoYltpBvhdKsU/PJXS"
    "00ZfeeU9r6bpOxduFO3APldJbQoHPI3KHAdzmy351vuhcuhJ0IFAFBUcQiWzyDJuTdPDKDYCNSdLc94oFG2qyB/jhN7A2g+/4slr"
    "3EOdoqTpiR0ya16LNYMGd3SfFKievs3s4CsO5QaTNTY2xttq2NSiPZoFQ692lWMq4woRAR6idr94rehwotjHGGb+K/bIDcA2HWne"
    "uY745XMdn4b3DDmPB87IJXoau9383n5SFYMt/gYvZffkYgFHRW+8k9bZGMvz9/zbAVgF6ismyJwZLSDy4XMxQtxGXKAx3YnQjjkQ"
    "1hN0a7tscezgYeXE16Sj8U1t2lfP2vD2ZrsH2txEjOMF9e6/srBJYt/wtdsEqkHGhHpUXs6gCAA7BPXDKk7ZFlbbI66WIxv42wLG"
    "U0auvzk9W1J5Vj8kx64Y6w==";

inline constexpr std::string_view kRsa8192OpenSsh =
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAEAQDGWO1JE/9BBxIYc3fIUQ9YR3ZwvnZLH10CY5CGQhBSpkHDRdfNrQBAdIc5Vf/A"
    "w5NEZWH42GoLiBuaXwrmC0Untg1FKWLiS7nZuH4lwHWtz0mPTJJu7knkCczdcBDGZvwEVa8oAQkhBUAFxAlo8p9kXBgAVVivuHqk"
    "EnMR6ix3W9Ace1Vd6gsD/HQTCUMS6UeYuieIZqBvBQ+jx9kHKUT7kYwfq+8UDFoden0VUcS9WOQwArEZTb/O+IYx7ou/6GbsEEWJ"
    "3OoLAG07i/ZX3i0SYBTvlAjBUU5wlgP9uaq6VduCxJpw3+qs2PJ0MKMDfpq+CR19cqGvwSscQsoTuQ8185ecD6LPXBSl/9eMeIyu"
    "gGZjtS6Y9O2VPM2cWYmGlONr7F0Rp7TLlGsWWLzQRoiPbBWU1A0lDvR5mgKCX8cN1rmqB2/1e+2xLgC2cjAo/kAcIGZEgnAhdsa9"
    "Ox3jHqB2pQzpmFyuj4gkOf15M31jO3MPEetYPtW0IMs3TUv/FHqtUfOOJg9qy1heOaa1XSLD9ozzbao++w2LkOVmVg/lDZwGSngF"
    "GwfBbPo9zuumlj3fgzY04dIZKMTocPgG8Sh+k8xzz0Bohn2zn2TS8b+QyTkyRYdEVcA0ZmFhDp67DHBIu8s9uuANbEnAUw/SqRdk"
    "OuNKg6JbGMkH4tzqqeM+jjFEWKGaecBhmv26076fnGJCUOMT87RRjc9CCxGJw2fl83WgZa70OmwOWfdIsnCu9vJtqChvSkFp9Yuo"
    "YMkxYv3IL6OuAJ5BrIFsjG67rcUOz2jWntHLCV4Jr2jFphZYzuokWbMjW+DesUOuSQKl8JUreoyotucxjtZN0a57epy5TWtY3zou"
    "r8PSaNOizuDlKPMcvD2sX9jmwDXOjQnPCDczN20ahxQix8wOaSESsSVqcJ3BsaIecQULgpbEyuB+B2obAqiHGIACYZX2zlnKJcf7"
    "AK55Cgz9fyKqJDqn+Y8iZhXWFSGsBHMTFTyccBrjg43yfxaSckj3pg/JC6TnLgJ3VhiPq6DFzxw1tpt5MDefojA3zaS4jpFvEUuy"
    "Tei9qPu4AsfILUS3CbBs+C8x/hxb8HiP/e8c8HGwDc5y58JCnWig13HWQLl8E+7bfWm5zxLxHv94KRk2+b7aQprtIVOVFqKdujFp"
    "M/RKdHcxn01O8+p4TiKjhHgLFfQ8vuQBSllpDHkww16LfSW21idfT9UQaVa1ecCcpCGbCu8PKmXgU+3y/BilKkwFWyCgBScnJz8b"
    "JS2cnZtYZWJ+2nc4K8/rc3qT3YD4PUBRAHoya6RQQkLnSeVxKeGo/t4yQVKiAhp5l/NFjP2XvWNJfpD5ynHeOl0K7zC9hhS3Ev+J"
    "xqyn";

inline constexpr std::string_view kEcdsaOpenSsh =
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBKaxLIlbN5KNnGEp7KO2DULCbEgN"
    "bk+80qXiFahoxw/Fw3jmAfx/IosrtBR/K/wfQtXccFFV21aDK+0it1HXw74=";

inline constexpr std::string_view kEcdsaPem = R"(-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEprEsiVs3ko2cYSnso7YNQsJsSA1u
T7zSpeIVqGjHD8XDeOYB/H8iiyu0FH8r/B9C1dxwUVXbVoMr7SK3UdfDvg==
-----END PUBLIC KEY-----
)";

inline constexpr std::string_view kDsaOpenSsh =
    "ssh-dss AAAAB3NzaC1kc3MAAACBAOQi51n2kGwrzxu+JyRjrMnr1OPhYtflV+kHTnqgh37cy6AGOQW1DsQRXdalOOD02Gse4fZe"
    "8pNoemTK0wJ3OAHbvGmyA1PhL6KqVJ0nvGJzdT6HyHj54tLzlgkb61daJtTYrF1jIX6JeqICPCSGwLXLvqG4EqHsTqxsbQr5Pcit"
    "AAAAHQDvhOjQSL96+/X3kbstOwGBNSw7yEBAkl27NpppAAAAgQC2t9u/QQHHFHxDPCbPqWlml1l42ZIVBrAsBJsR594NU6t3aLcM"
    "GHY25FhkXLHWsL6wh4OOYVMWWhD3r5fUnUg24dMG4Yi2eHkKWoUqz4mDKadl9TXGTu5YxjF7+pNVsdGqgeEvfHZLL/s70u+DGLJR"
    "bh837kIDF+cD+B+MBfK2UwAAAIBtCcZMLiDuRNNPhIF3G1yELV5/qdr9ctr1JZ4jrJBosmnvnFi60rdUXiMbaE2PefQkPNvmp6cL"
    "pM25+msDylydS5ZPZVI+yZzkRGgKcQURFm7P+saMaQKb4czm0vAghdMdNcTrlSXeG4ZArQ6rWMsBcxH0AoTq1pbCwT1zW+N/zQ==";

inline constexpr std::string_view kDsaPem = R"(-----BEGIN PUBLIC KEY-----
MIIBvzCCATQGByqGSM44BAEwggEnAoGBAOQi51n2kGwrzxu+JyRjrMnr1OPhYtfl
V+kHTnqgh37cy6AGOQW1DsQRXdalOOD02Gse4fZe8pNoemTK0wJ3OAHbvGmyA1Ph
L6KqVJ0nvGJzdT6HyHj54tLzlgkb61daJtTYrF1jIX6JeqICPCSGwLXLvqG4EqHs
TqxsbQr5PcitAh0A74To0Ei/evv195G7LTsBgTUsO8hAQJJduzaaaQKBgQC2t9u/
QQHHFHxDPCbPqWlml1l42ZIVBrAsBJsR594NU6t3aLcMGHY25FhkXLHWsL6wh4OO
YVMWWhD3r5fUnUg24dMG4Yi2eHkKWoUqz4mDKadl9TXGTu5YxjF7+pNVsdGqgeEv
fHZLL/s70u+DGLJRbh837kIDF+cD+B+MBfK2UwOBhAACgYBtCcZMLiDuRNNPhIF3
G1yELV5/qdr9ctr1JZ4jrJBosmnvnFi60rdUXiMbaE2PefQkPNvmp6cLpM25+msD
ylydS5ZPZVI+yZzkRGgKcQURFm7P+saMaQKb4czm0vAghdMdNcTrlSXeG4ZArQ6r
WMsBcxH0AoTq1pbCwT1zW+N/zQ==
-----END PUBLIC KEY-----
)";

}  // namespace amity::handlers::samples
