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

/// <summary>A row to put.</summary>
/// <param name="Key">The row's key.</param>
/// <param name="Value">The row's value.</param>
public readonly record struct NewRow(string Key, ReadOnlyMemory<byte> Value);

/// <summary>A place in a stream.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="AfterVersion">Only events with a larger version; 0 from the start.</param>
public readonly record struct StreamPlace(string Stream, long AfterVersion);

/// <summary>Events to append to one stream.</summary>
/// <param name="Stream">The stream's name.</param>
/// <param name="ExpectedVersion">The version of the newest event the caller has seen; 0 for a new stream.</param>
/// <param name="Events">One or more events.</param>
public readonly record struct StreamAppend(string Stream, long ExpectedVersion, IReadOnlyList<NewEvent> Events);
