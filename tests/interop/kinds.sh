# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2034
# What differs between kinds of cards for tests that run over several; sourced after
# kind was set, never run.
#
#	first second third  slots for keys that sign; an option may follow the third
#	fresh       options of tamga-vcard for a new card of that kind
#	default     the slot that a key gets when nobody chooses
#	spare       there are more slots than these
#	exists      one that has a key on a card that is provisioned
#	unblocks    what gives the user a new PIN
#	attests     it proves where its keys were born
#	generates verifies writes signs  as "tamga-vcard ctl log" shows the commands that
#	            make a key, carry the user's PIN, write a certificate, sign
#	beside      what may be sent again: before each signature or PIN, of equal places
#	logins      VERIFYs of one C_Login, at most
#	selects     SELECTs until the application is found
#	called      how tokens' labels begin
case ${kind:-piv} in
piv*)
	first=9a second=9c third=9e default=9a fresh=--yubikey spare=yes attests=yes
	generates='00 47' verifies='80 8' writes='00 DB'
	exists=9a unblocks=$TAMGA_TEST_PUK
	signs='00 87 [01][0-9A-F] 9[ACDE]' beside=' no such' selects=1 logins=1 called=PIV- ;;
openpgp*)
	first=aut second=sig third='sig --destroy' default=aut fresh='--app openpgp' spare= attests=
	generates='00 47 80' verifies='8[12] 6' writes='00 DA 7F 21'
	signs='00 \(2A 9E 9A\|88 00 00\)' beside=' 00 CA 00 F9 \| 00 C[AC] 7F 21 0 ' selects=1 logins=2 called=OpenPGP-
	exists=aut unblocks=$TAMGA_TEST_ADMIN
	# nobody but its owner knows what the administrator of such a card types
	printf '%s\n' "$TAMGA_TEST_ADMIN" >"$work/admin"
	local="$local --admin-key-file $work/admin" ;;
gids*)	# the two first containers are the card's own
	exists=00 unblocks=$TAMGA_TEST_ADMIN
	first=02 second=03 third=04 default=02 fresh='--app gids --provision' spare=yes attests=
	generates='00 47 00' verifies='80 6' writes='00 DB'
	signs='00 2A 9E 9A' beside=' 00 22 ' selects=3 logins=1 called=GIDS- ;;
myeid*)	# likewise 45 and 46
	exists=45 unblocks=$TAMGA_TEST_PUK
	first=47 second=48 third=49 default=47 fresh='--app myeid --provision' spare=yes attests=
	generates='00 46 00' verifies='01 8' writes='00 D6'
	# each file that is read is selected by its path, once
	signs='00 2A \(9E 9A\|80 86\)' beside=' 00 22 \| 00 B0 ' selects=13 logins=1 called=tamga-MyEID ;;
*)
	fail "kinds.sh does not know $kind" ;;
esac
