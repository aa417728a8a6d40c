/*
 * Published vector: openssh-portable, regress/unittests/sshsig/testdata, ed25519.pub, namespace,
 * signed-data and ed25519.sig.
 */
#ifndef TESTS_RECORD_SSHSIG_VECTOR_H
#define TESTS_RECORD_SSHSIG_VECTOR_H

#define VECTOR_KEY                                                                                 \
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIlizSIN3DQV78VPNjVvvwjgf+P5HqbPYCYu3BOMdjAE"
#define VECTOR_NAMESPACE "unittest"
#define VECTOR_MESSAGE   "This is a test, this is only a test"
#define VECTOR_ARMOR                                                                               \
	"-----BEGIN SSH SIGNATURE-----\n"                                                          \
	"U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgiWLNIg3cNBXvxU82NW+/COB/4/\n"                 \
	"keps9gJi7cE4x2MAQAAAAIdW5pdHRlc3QAAAAAAAAABnNoYTUxMgAAAFMAAAALc3NoLWVk\n"                 \
	"MjU1MTkAAABAihQsbUzuNEFflk5Tw1+H9aLS7tZQk0RG8KW1DtOmDYYnWe3D3UKiG3fcJa\n"                 \
	"DNg4vBWp1j1gLRiBMOF+gwYNegDg==\n"                                                         \
	"-----END SSH SIGNATURE-----\n"
#define VECTOR_SIGNED                                                                              \
	"53534853494700000008756e6974746573740000000000000006736861353132000000402cbbbc660712c6"   \
	"de8cb05533ba26601ba1b031d27d77bc5e13b628448c3483d88727fc2c143ef5a385a5c9ecef1561236ea4"   \
	"34a82ec5c06a639235103fe35deb"

#endif
