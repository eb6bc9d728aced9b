using System.Text.Json;
using System.Text.Json.Nodes;

namespace AkkaPrivacy.AkkaNet.Singleton;

/// <summary>How a machine's commands, events and states are written: JSON with a version.</summary>
/// <remarks>Types of events and commands are told apart by <see cref="System.Text.Json.Serialization.JsonDerivedTypeAttribute"/>.
/// What has an unknown version, an unknown type or a member that is missing is refused; nothing is guessed.</remarks>
/// <typeparam name="TState">The state.</typeparam>
/// <typeparam name="TCommand">What is asked for.</typeparam>
/// <typeparam name="TEvent">What happened.</typeparam>
public class MachineFormat<TState, TCommand, TEvent>
    where TState : notnull
    where TCommand : notnull
    where TEvent : notnull
{
    /// <summary>The most that one command may take, in bytes; a longer one is refused unread.</summary>
    public const int MaxCommandBytes = 64 * 1024;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Names a format.</summary>
    /// <param name="name">The machine's name, 1 to 64 characters; its journal bears it.</param>
    /// <param name="version">The version that is written, 1 or more.</param>
    public MachineFormat(string name, int version)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, 64);
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        (Name, Version) = (name, version);
    }

    /// <summary>The machine's name.</summary>
    public string Name { get; }

    /// <summary>The version that is written.</summary>
    public int Version { get; }

    internal MachineCommand Command(TCommand command) => new(Name, Version, JsonSerializer.SerializeToUtf8Bytes(command, Options));

    internal MachineEvent Event(TEvent happened) => new(Name, Version, JsonSerializer.SerializeToUtf8Bytes(happened, Options));

    internal MachineSnapshot Snapshot(TState state) => new(Name, Version, JsonSerializer.SerializeToUtf8Bytes(state, Options));

    internal TCommand Read(MachineCommand command)
    {
        // Commands are not stored: both ends run the same version, or one of them does not understand the other.
        if (command.Version != Version)
        {
            throw new MachineFormatException($"a command of version {command.Version}, but this node reads version {Version}");
        }

        return command.Json.Length > MaxCommandBytes
            ? throw new MachineFormatException($"a command of {command.Json.Length} bytes; at most {MaxCommandBytes} are read")
            : Read<TCommand>(command.Machine, command.Version, command.Json);
    }

    internal TEvent Read(MachineEvent happened) => Read<TEvent>(happened.Machine, happened.Version, happened.Json);

    internal TState Read(MachineSnapshot state) => Read<TState>(state.Machine, state.Version, state.Json);

    /// <summary>Brings what an older version wrote to <see cref="Version"/>.</summary>
    /// <param name="version">The version that wrote it, 1 to <see cref="Version"/> less one.</param>
    /// <param name="json">What it wrote.</param>
    /// <returns>The same in the present version.</returns>
    /// <exception cref="MachineFormatException">It cannot be read any more; the default for every older version.</exception>
    protected virtual JsonNode Upgrade(int version, JsonNode json) =>
        throw new MachineFormatException($"something of version {version}, which version {Version} does not read");

    private T Read<T>(string machine, int version, byte[] bytes)
        where T : notnull
    {
        if (machine != Name)
        {
            throw new MachineFormatException("something that belongs to another machine");
        }

        try
        {
            var json = JsonNode.Parse(bytes) ?? throw new MachineFormatException("an empty value");
            var present = version == Version ? json : version < Version && version > 0 ? Upgrade(version, json) : throw new MachineFormatException($"something of version {version}; this node reads up to version {Version}");
            return present.Deserialize<T>(Options) ?? throw new MachineFormatException("an empty value");
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new MachineFormatException("something that is not in its format");
        }
    }
}

/// <summary>A command, event or state of a machine cannot be read. The message quotes nothing of it.</summary>
/// <param name="what">What was found, as an object of "machine X found ...".</param>
public sealed class MachineFormatException(string what) : Exception($"The state machine found {what}.");
