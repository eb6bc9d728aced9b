namespace AkkaPrivacy.Engine.Ports;

/// <summary>An event to append to a stream.</summary>
/// <param name="Type">The event's name and format version, for example <c>charged/1</c>.</param>
/// <param name="Payload">The event, as UTF-8 JSON.</param>
public readonly record struct NewEvent(string Type, ReadOnlyMemory<byte> Payload);

/// <summary>An event read from a stream.</summary>
/// <param name="Version">Its place in the stream, from 1, without gaps.</param>
/// <param name="Type">The event's name and format version.</param>
/// <param name="Payload">The event, as UTF-8 JSON.</param>
public readonly record struct StoredEvent(long Version, string Type, byte[] Payload);

/// <summary>A row of a table.</summary>
/// <param name="Key">The row's key.</param>
/// <param name="Value">The row's value.</param>
public readonly record struct StoredRow(string Key, byte[] Value);
