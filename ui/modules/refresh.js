/* While a contract is being prepared or sealed the page looks again every second, at most a minute long. */
const began = Number(sessionStorage.getItem("refresh-began")) || Date.now();
const page = sessionStorage.getItem("refresh-page");
if (page !== location.pathname || Date.now() - began > 120000) {
	sessionStorage.setItem("refresh-page", location.pathname);
	sessionStorage.setItem("refresh-began", String(Date.now()));
}
if (Date.now() - began < 60000 || page !== location.pathname) {
	setTimeout(() => location.reload(), 1000);
}
