package dev.tidepool.connection;

import java.util.function.Consumer;

import dev.tidepool.connection.AdmissionGate.Admission;

/**
 * What somebody that waits at the gate was told, and how often.
 */
final class OneWaiter implements Consumer<Admission> {

	private int told;

	private Admission answer;

	@Override
	public synchronized void accept(Admission answer) {
		this.told++;
		this.answer = answer;
	}

	synchronized boolean isAdmitted() {
		return this.told == 1 && this.answer == Admission.ADMITTED;
	}

	/**
	 * What it was told.
	 * @return the answer, or how often it was told if not once
	 */
	synchronized String told() {
		return (this.told == 1) ? this.answer.name() : Integer.toString(this.told);
	}

}
