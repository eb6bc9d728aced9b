using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace AkkaPrivacy.AkkaNet.Hosting;

/// <summary>Stands where Akka.NET has its serializer for everything else, and refuses: what has no serializer of its own
/// never leaves the node, and bytes from another node cannot name a type to be made.</summary>
public sealed class RefusingSerializer : Serializer
{
    /// <summary>Called by Akka.NET.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="settings">Settings of the serializer it stands in for; they mean nothing here.</param>
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : base(system) => ArgumentNullException.ThrowIfNull(settings);

    /// <summary>That of the serializer it stands in for.</summary>
    public override int Identifier => 1;

    /// <inheritdoc />
    public override bool IncludeManifest => false;

    /// <inheritdoc />
    /// <exception cref="SerializationException">Always.</exception>
    public override byte[] ToBinary(object obj)
    {
        ArgumentNullException.ThrowIfNull(obj);
        throw new SerializationException($"'{obj.GetType().FullName}' has no serializer of its own and is not sent to other nodes; name one in akka.actor.serialization-bindings.");
    }

    /// <inheritdoc />
    /// <exception cref="SerializationException">Always.</exception>
    public override object FromBinary(byte[] bytes, Type type) =>
        throw new SerializationException("A message without a serializer of its own came from another node; it was dropped.");
}
